#include "plugins/inits/constant.h"
#include "plugins/inits/normal.h"
#include "plugins/inits/orthogonal.h"
#include "plugins/inits/scaled.h"
#include "plugins/inits/uniform.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_IMPLEMENT(inits, b) {
  inits::implement_constant(b);
  inits::implement_normal(b);
  inits::implement_orthogonal(b);
  inits::implement_scaled(b);
  inits::implement_uniform(b);
}
