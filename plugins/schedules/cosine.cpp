#include "plugins/schedules/cosine.h"

#include <cmath>
#include <numbers>

namespace assay::schedules {

Cosine::Cosine(const Params& params, const Needs& needs)
    : WarmedSchedule(params.warmup, needs),
      floor_(params.floor),
      length_(params.period ? period_in(*params.period, "period", needs)
                            : total_steps("cosine", needs) - warmup()),
      restarts_(params.period.has_value()),
      period_factor_(params.period_factor) {}

double Cosine::factor_after(std::int64_t step) {
  std::int64_t length = length_;
  if (!restarts_ && step >= length) return floor_;
  for (; step >= length; length *= period_factor_) step -= length;
  const double progress = static_cast<double>(step) / static_cast<double>(length);
  return floor_ + (1 - floor_) * (1 + std::cos(std::numbers::pi * progress)) / 2;
}

}  // namespace assay::schedules
