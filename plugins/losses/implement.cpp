#include "plugins/losses/cross_entropy.h"
#include "plugins/losses/likelihoods.h"
#include "plugins/losses/margins.h"
#include "plugins/losses/values.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_IMPLEMENT(losses, b) {
  losses::implement_cross_entropy(b);
  losses::implement_likelihoods(b);
  losses::implement_margins(b);
  losses::implement_values(b);
}
