// The optimizer's own learning rate all along: what a run has without a schedule.
#pragma once

#include "plugins/schedules/warmup.h"

namespace assay::schedules {

struct ConstantParams {
  double factor = 1.0;
  Duration warmup = no_warmup;

  static void describe(Fields<ConstantParams>& f) {
    f.about("The learning rate stays.");
    f("factor", &ConstantParams::factor, "on the optimizer's learning rate: for a part of a `chain`",
      positive, log_scale);
    describe_warmup(f);
  }
};

class Constant final : public WarmedSchedule {
 public:
  using Params = ConstantParams;
  Constant(const Params& params, const Needs& needs)
      : WarmedSchedule(params.warmup, needs), factor_(params.factor) {}

 private:
  double factor_after(std::int64_t) override { return factor_; }

  double factor_;
};

}  // namespace assay::schedules
