#include "plugins/losses/cross_entropy.h"
#include "plugins/losses/likelihoods.h"
#include "plugins/losses/margins.h"
#include "plugins/losses/values.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_DECLARE(losses, "1.0.0", r) {
  r.declare<losses::BinaryCrossEntropyParams>(family::loss, "binary_cross_entropy");
  r.declare<losses::CrossEntropyParams>(family::loss, "cross_entropy");
  r.declare<losses::FocalParams>(family::loss, "focal");
  r.declare<losses::GaussianNllParams>(family::loss, "gaussian_nll");
  r.declare<losses::HingeParams>(family::loss, "hinge");
  r.declare<losses::HuberParams>(family::loss, "huber");
  r.declare<losses::KlDivParams>(family::loss, "kl_div");
  r.declare<losses::MaeParams>(family::loss, "mae");
  r.declare<losses::MseParams>(family::loss, "mse");
  r.declare<losses::MultiMarginParams>(family::loss, "multi_margin");
  r.declare<losses::PoissonNllParams>(family::loss, "poisson_nll");
}
