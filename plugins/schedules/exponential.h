// A smooth fall of the learning rate by the same factor in the same time.
#pragma once

#include <cmath>

#include "plugins/schedules/warmup.h"

namespace assay::schedules {

struct ExponentialParams {
  double gamma = 0.95;
  Duration every{1, Duration::Unit::epochs};
  Duration warmup = no_warmup;

  static void describe(Fields<ExponentialParams>& f) {
    f.about(
        "Falls smoothly: step s after the warm-up has the factor gamma^(s / every). `step` falls at once, "
        "every so often.");
    f.source("torch.optim.lr_scheduler.ExponentialLR, whose steps are those of `every`");
    f("gamma", &ExponentialParams::gamma, "factor over the time `every`", positive, at_most(1));
    f("every", &ExponentialParams::every, "the time in which the rate falls by gamma", length_rule);
    describe_warmup(f);
  }
};

class Exponential final : public WarmedSchedule {
 public:
  using Params = ExponentialParams;
  Exponential(const Params& params, const Needs& needs)
      : WarmedSchedule(params.warmup, needs),
        every_(period_in(params.every, "every", needs)),
        gamma_(params.gamma) {}

 private:
  double factor_after(std::int64_t step) override {
    return std::pow(gamma_, static_cast<double>(step) / static_cast<double>(every_));
  }

  std::int64_t every_;
  double gamma_;
};

}  // namespace assay::schedules
