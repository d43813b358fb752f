#include "plugins/schedules/one_cycle.h"

#include <cmath>
#include <numbers>

namespace assay::schedules {

OneCycle::OneCycle(const Params& params, const Needs& needs)
    : first_(1 / params.start_divisor),
      last_(first_ / params.end_divisor),
      is_linear_(params.shape == "linear"),
      is_three_phase_(params.three_phase),
      rise_end_(params.rise * static_cast<double>(total_steps("one_cycle", needs)) - 1),
      last_step_(static_cast<double>(needs.total_steps - 1)) {}

double OneCycle::factor(std::int64_t step) {
  const auto now = static_cast<double>(step);
  const double fall_end = 2 * rise_end_;
  if (now >= last_step_) return last_;
  if (now <= rise_end_) return rise_end_ > 0 ? between(first_, 1, now / rise_end_) : 1;
  if (!is_three_phase_) return between(1, last_, (now - rise_end_) / (last_step_ - rise_end_));
  if (now <= fall_end) return between(1, first_, (now - rise_end_) / rise_end_);
  return between(first_, last_, (now - fall_end) / (last_step_ - fall_end));
}

double OneCycle::between(double from, double to, double progress) const {
  if (is_linear_) return from + (to - from) * progress;
  return to + (from - to) / 2 * (std::cos(std::numbers::pi * progress) + 1);
}

}  // namespace assay::schedules
