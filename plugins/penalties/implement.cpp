#include "plugins/penalties/l1.h"
#include "plugins/penalties/l2.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_IMPLEMENT(penalties, b) {
  penalties::implement_l1(b);
  penalties::implement_l2(b);
}
