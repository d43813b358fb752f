#include "plugins/transforms/scale.h"
#include "plugins/transforms/standardize.h"
#include "registry/contracts/families.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_DECLARE(transforms, "1.0.0", r) {
  r.declare<transforms::ScaleParams>(family::transform, "scale");
  r.declare<transforms::StandardizeParams>(family::transform, "standardize");
}
