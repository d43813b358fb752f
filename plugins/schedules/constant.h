// The optimizer's own learning rate all along: what a run has without a schedule.
#pragma once

#include "plugins/schedules/warmup.h"

namespace assay::schedules {

struct ConstantParams {
  Duration warmup{0, Duration::Unit::steps};

  static void describe(Fields<ConstantParams>& f) {
    f.about(
        "The learning rate stays. With a warm-up of W steps, step s < W (from 0) has the factor (s + 1) / (W "
        "+ 1).");
    f("warmup", &ConstantParams::warmup, "how long the learning rate rises to its full value", warmup_length);
  }
};

class Constant final : public Schedule {
 public:
  using Params = ConstantParams;
  Constant(const Params& params, const Needs& needs);
  double factor(std::int64_t step) override;

 private:
  std::int64_t warmup_;
};

}  // namespace assay::schedules
