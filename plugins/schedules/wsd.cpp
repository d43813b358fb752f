#include "plugins/schedules/wsd.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/text.h"

namespace assay::schedules {

Wsd::Wsd(const Params& params, const Needs& needs)
    : WarmedSchedule(params.warmup, needs),
      shape_(params.shape),
      floor_(params.floor),
      decay_(steps_within(params.decay, "decay", needs)),
      stable_(total_steps("wsd", needs) - warmup() - decay_) {
  if (stable_ >= 0) return;
  throw Error(Kind::config, Problem{{},
                                    "schedule.decay",
                                    text("is ", to_string(params.decay), " (", count_text(decay_, "step"),
                                         "), but after the ", count_text(warmup(), "step"),
                                         " of the warm-up the run has ", stable_ + decay_),
                                    "shorten the warm-up or the decay"});
}

double Wsd::factor_after(std::int64_t step) {
  if (step < stable_) return 1;
  if (step >= stable_ + decay_) return floor_;
  const double x = static_cast<double>(step - stable_) / static_cast<double>(decay_);
  const double left = shape_ == "linear"   ? 1 - x
                      : shape_ == "cosine" ? (1 + std::cos(std::numbers::pi * x)) / 2
                                           : 1 - std::sqrt(x);
  return floor_ + (1 - floor_) * left;
}

}  // namespace assay::schedules
