#include "plugins/pruners/asha.h"
#include "plugins/pruners/median.h"
#include "registry/contracts/families.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_DECLARE(pruners, "1.0.0", r) {
  r.declare<pruners::AshaParams>(family::pruner, "asha");
  r.declare<pruners::MedianParams>(family::pruner, "median");
}
