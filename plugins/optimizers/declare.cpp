#include "plugins/optimizers/adadelta.h"
#include "plugins/optimizers/adagrad.h"
#include "plugins/optimizers/adam.h"
#include "plugins/optimizers/lbfgs.h"
#include "plugins/optimizers/lion.h"
#include "plugins/optimizers/muon.h"
#include "plugins/optimizers/rmsprop.h"
#include "plugins/optimizers/sgd.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_DECLARE(optimizers, "1.0.0", r) {
  r.declare<optimizers::AdadeltaParams>(family::optimizer, "adadelta");
  r.declare<optimizers::AdagradParams>(family::optimizer, "adagrad");
  r.declare<optimizers::AdamParams>(family::optimizer, "adam");
  r.declare<optimizers::AdamWParams>(family::optimizer, "adamw");
  r.declare<optimizers::LbfgsParams>(family::optimizer, "lbfgs");
  r.declare<optimizers::LionParams>(family::optimizer, "lion");
  r.declare<optimizers::MuonParams>(family::optimizer, "muon");
  r.declare<optimizers::RmspropParams>(family::optimizer, "rmsprop");
  r.declare<optimizers::SgdParams>(family::optimizer, "sgd");
}
