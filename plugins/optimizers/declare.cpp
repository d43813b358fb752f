#include "plugins/optimizers/adam.h"
#include "plugins/optimizers/sgd.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_DECLARE(optimizers, "1.0.0", r) {
  r.declare<optimizers::AdamParams>(family::optimizer, "adam");
  r.declare<optimizers::AdamWParams>(family::optimizer, "adamw");
  r.declare<optimizers::SgdParams>(family::optimizer, "sgd");
}
