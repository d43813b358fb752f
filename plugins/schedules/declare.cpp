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

ASSAY_DECLARE(schedules, "1.0.0", r) {
  r.declare<schedules::ChainParams>(family::schedule, "chain");
  r.declare<schedules::ConstantParams>(family::schedule, "constant");
  r.declare<schedules::CosineParams>(family::schedule, "cosine");
  r.declare<schedules::ExponentialParams>(family::schedule, "exponential");
  r.declare<schedules::InverseScalingParams>(family::schedule, "inverse_scaling");
  r.declare<schedules::InverseSqrtParams>(family::schedule, "inverse_sqrt");
  r.declare<schedules::MultiStepParams>(family::schedule, "multi_step");
  r.declare<schedules::OneCycleParams>(family::schedule, "one_cycle");
  r.declare<schedules::PolynomialParams>(family::schedule, "polynomial");
  r.declare<schedules::ReduceOnPlateauParams>(family::schedule, "reduce_on_plateau");
  r.declare<schedules::StepParams>(family::schedule, "step");
  r.declare<schedules::WsdParams>(family::schedule, "wsd");
}
