#include "plugins/weights/keras_h5.h"
#include "plugins/weights/npz.h"
#include "plugins/weights/pt.h"
#include "plugins/weights/run.h"
#include "plugins/weights/safetensors.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_IMPLEMENT(weights, b) {
  b.add<weights::KerasH5>("keras_h5");
  b.add<weights::Npz>("npz");
  b.add<weights::Pt>("pt");
  b.add<weights::Run>("run");
  b.add<weights::Safetensors>("safetensors");
}
