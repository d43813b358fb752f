#include "plugins/pruners/asha.h"
#include "plugins/pruners/median.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_IMPLEMENT(pruners, b) {
  b.add<pruners::Asha>("asha");
  b.add<pruners::Median>("median");
}
