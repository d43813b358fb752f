#include "plugins/observers/early_stop.h"
#include "plugins/observers/learning_rate.h"
#include "plugins/observers/norms.h"
#include "plugins/observers/system.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_IMPLEMENT(observers, b) {
  observers::implement_early_stop(b);
  observers::implement_learning_rate(b);
  observers::implement_norms(b);
  observers::implement_system(b);
}
