#include "plugins/transforms/impute.h"
#include "plugins/transforms/min_max.h"
#include "plugins/transforms/one_hot.h"
#include "plugins/transforms/scale.h"
#include "plugins/transforms/standardize.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_IMPLEMENT(transforms, b) {
  b.add<transforms::Impute>("impute");
  b.add<transforms::MinMax>("min_max");
  b.add<transforms::OneHot>("one_hot");
  b.add<transforms::Scale>("scale");
  b.add<transforms::Standardize>("standardize");
}
