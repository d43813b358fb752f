#include "plugins/losses/cross_entropy.h"
#include "plugins/losses/mse.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_DECLARE(losses, "1.0.0", r) {
  r.declare<losses::CrossEntropyParams>(family::loss, "cross_entropy");
  r.declare<losses::MseParams>(family::loss, "mse");
}
