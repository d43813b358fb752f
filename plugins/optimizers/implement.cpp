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

ASSAY_IMPLEMENT(optimizers, b) {
  optimizers::implement_adadelta(b);
  optimizers::implement_adagrad(b);
  optimizers::implement_adam(b);
  optimizers::implement_lbfgs(b);
  optimizers::implement_lion(b);
  optimizers::implement_muon(b);
  optimizers::implement_rmsprop(b);
  optimizers::implement_sgd(b);
}
