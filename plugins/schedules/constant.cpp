#include "plugins/schedules/constant.h"

namespace assay::schedules {

Constant::Constant(const Params& params, const Needs& needs) : warmup_(warmup_steps(params.warmup, needs)) {}

double Constant::factor(std::int64_t step) { return step < warmup_ ? warmup_factor(step, warmup_) : 1.0; }

}  // namespace assay::schedules
