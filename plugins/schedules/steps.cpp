#include "plugins/schedules/steps.h"

#include <algorithm>

#include "core/text.h"

namespace assay::schedules {

MultiStep::MultiStep(const Params& params, const Needs& needs)
    : WarmedSchedule(params.warmup, needs), gamma_(params.gamma) {
  for (std::size_t i = 0; i < params.at.size(); ++i)
    at_.push_back(steps_within(params.at[i], text("at.", i), needs));
}

double MultiStep::factor_after(std::int64_t step) {
  const auto falls = std::ranges::count_if(at_, [&](std::int64_t at) { return at <= step + warmup(); });
  return std::pow(gamma_, static_cast<double>(falls));
}

}  // namespace assay::schedules
