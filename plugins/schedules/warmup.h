// A linear rise of the learning rate at the start of a run, which any schedule may have before it.
//
//   struct ConstantParams {
//     Duration warmup = no_warmup;
//     static void describe(Fields<ConstantParams>& f) {
//       f.about("The learning rate stays.");
//       describe_warmup(f);
//     }
//   };
//   class Constant final : public WarmedSchedule { ... };
#pragma once

#include <cstdint>

#include "plugins/schedules/lengths.h"

namespace assay::schedules {

inline constexpr Duration no_warmup{0, Duration::Unit::steps};

template <class P>
void describe_warmup(Fields<P>& f) {
  f("warmup", &P::warmup,
    "how long the learning rate rises to its full value: of W steps, step s (from 0) has the factor "
    "(s + 1) / (W + 1)",
    length_rule);
}

/// A schedule that follows a warm-up of W steps, each with the factor (step + 1) / (W + 1): never 0, and the
/// first step after it, with 1, continues the line. PyTorch: SequentialLR of LinearLR(start_factor = 1 / (W +
/// 1), total_iters = W) and the schedule.
class WarmedSchedule : public Schedule {
 public:
  /// Throws Kind::config if the warm-up is a percentage of a run that is bounded by time only, or as long as
  /// the run or longer.
  WarmedSchedule(const Duration& warmup, const Needs& needs)
      : warmup_(steps_within(warmup, "warmup", needs)) {}

  double factor(std::int64_t step) final {
    if (step >= warmup_) return factor_after(step - warmup_);
    return static_cast<double>(step + 1) / static_cast<double>(warmup_ + 1);
  }

 protected:
  /// step: from the end of the warm-up.
  virtual double factor_after(std::int64_t step) = 0;
  std::int64_t warmup() const { return warmup_; }

 private:
  std::int64_t warmup_;
};

}  // namespace assay::schedules
