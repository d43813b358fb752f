#include "plugins/schedules/constant.h"
#include "plugins/schedules/cosine.h"
#include "registry/contracts/families.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_DECLARE(schedules, "1.0.0", r) {
  r.declare<schedules::ConstantParams>(family::schedule, "constant");
  r.declare<schedules::CosineParams>(family::schedule, "cosine");
}
