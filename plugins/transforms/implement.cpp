#include "plugins/transforms/scale.h"
#include "plugins/transforms/standardize.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_IMPLEMENT(transforms, b) {
  b.add<transforms::Scale>("scale");
  b.add<transforms::Standardize>("standardize");
}
