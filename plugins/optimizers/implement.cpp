#include "plugins/optimizers/adam.h"
#include "plugins/optimizers/sgd.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_IMPLEMENT(optimizers, b) {
  optimizers::implement_adam(b);
  optimizers::implement_sgd(b);
}
