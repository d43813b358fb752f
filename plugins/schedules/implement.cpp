#include "plugins/schedules/constant.h"
#include "plugins/schedules/cosine.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_IMPLEMENT(schedules, b) {
  b.add<schedules::Constant>("constant");
  b.add<schedules::Cosine>("cosine");
}
