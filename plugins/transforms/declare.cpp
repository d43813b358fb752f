#include "plugins/transforms/impute.h"
#include "plugins/transforms/min_max.h"
#include "plugins/transforms/one_hot.h"
#include "plugins/transforms/scale.h"
#include "plugins/transforms/standardize.h"
#include "registry/contracts/families.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_DECLARE(transforms, "1.0.0", r) {
  r.declare<transforms::ImputeParams>(family::transform, "impute");
  r.declare<transforms::MinMaxParams>(family::transform, "min_max");
  r.declare<transforms::OneHotParams>(family::transform, "one_hot");
  r.declare<transforms::ScaleParams>(family::transform, "scale");
  r.declare<transforms::StandardizeParams>(family::transform, "standardize");
}
