#include "plugins/schedules/chain.h"
#include "plugins/schedules/constant.h"
#include "plugins/schedules/cosine.h"
#include "plugins/schedules/exponential.h"
#include "plugins/schedules/inverse.h"
#include "plugins/schedules/one_cycle.h"
#include "plugins/schedules/polynomial.h"
#include "plugins/schedules/reduce_on_plateau.h"
#include "plugins/schedules/steps.h"
#include "plugins/schedules/wsd.h"
#include "registry/plugin.h"

using namespace assay;

ASSAY_IMPLEMENT(schedules, b) {
  b.add<schedules::Chain>("chain");
  b.add<schedules::Constant>("constant");
  b.add<schedules::Cosine>("cosine");
  b.add<schedules::Exponential>("exponential");
  b.add<schedules::InverseScaling>("inverse_scaling");
  b.add<schedules::InverseSqrt>("inverse_sqrt");
  b.add<schedules::MultiStep>("multi_step");
  b.add<schedules::OneCycle>("one_cycle");
  b.add<schedules::Polynomial>("polynomial");
  b.add<schedules::ReduceOnPlateau>("reduce_on_plateau");
  b.add<schedules::Step>("step");
  b.add<schedules::Wsd>("wsd");
}
