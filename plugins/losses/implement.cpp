#include "plugins/losses/cross_entropy.h"
#include "plugins/losses/mse.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_IMPLEMENT(losses, b) {
  losses::implement_cross_entropy(b);
  losses::implement_mse(b);
}
