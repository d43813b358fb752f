#include "plugins/weights/keras_h5.h"
#include "plugins/weights/npz.h"
#include "plugins/weights/pt.h"
#include "plugins/weights/run.h"
#include "plugins/weights/safetensors.h"
#include "registry/contracts/families.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_DECLARE(weights, "1.0.0", r) {
  r.declare<weights::KerasH5Params>(family::weights, "keras_h5");
  r.declare<weights::NpzParams>(family::weights, "npz");
  r.declare<weights::PtParams>(family::weights, "pt");
  r.declare<weights::RunParams>(family::weights, "run");
  r.declare<weights::SafetensorsParams>(family::weights, "safetensors");
}
