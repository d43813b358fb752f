#include "plugins/penalties/l1.h"
#include "plugins/penalties/l2.h"
#include "registry/contracts/penalty.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_DECLARE(penalties, "1.0.0", r) {
  r.declare<penalties::L1Params>(family::penalty, "l1");
  r.declare<penalties::L2Params>(family::penalty, "l2");
}
