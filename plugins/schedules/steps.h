// Falls of the learning rate by a factor, at regular steps or at given ones.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "plugins/schedules/warmup.h"

namespace assay::schedules {

struct StepParams {
  Duration every{30, Duration::Unit::percent};
  double gamma = 0.1;
  Duration warmup = no_warmup;

  static void describe(Fields<StepParams>& f) {
    f.about("Multiplies the learning rate by gamma again and again, counted from the start of the run.");
    f.source("torch.optim.lr_scheduler.StepLR");
    f("every", &StepParams::every, "the time between two falls", length_rule);
    f("gamma", &StepParams::gamma, "factor of each fall", positive, at_most(1), log_scale);
    describe_warmup(f);
  }
};

class Step final : public WarmedSchedule {
 public:
  using Params = StepParams;
  /// Throws Kind::config if the first fall lies at or behind the end of the run.
  Step(const Params& params, const Needs& needs)
      : WarmedSchedule(params.warmup, needs),
        every_(std::max<std::int64_t>(1, steps_within(params.every, "every", needs))),
        gamma_(params.gamma) {}

 private:
  double factor_after(std::int64_t step) override {
    return std::pow(gamma_, static_cast<double>((step + warmup()) / every_));
  }

  std::int64_t every_;
  double gamma_;
};

struct MultiStepParams {
  std::vector<Duration> at{{50, Duration::Unit::percent}, {75, Duration::Unit::percent}};
  double gamma = 0.1;
  Duration warmup = no_warmup;

  static void describe(Fields<MultiStepParams>& f) {
    f.about("Multiplies the learning rate by gamma at given steps, counted from the start of the run.");
    f.source("torch.optim.lr_scheduler.MultiStepLR");
    f("at", &MultiStepParams::at, "when it falls, as [60 epochs, 80 epochs]", non_empty, each(length_rule()));
    f("gamma", &MultiStepParams::gamma, "factor of each fall", positive, at_most(1), log_scale);
    describe_warmup(f);
  }
};

class MultiStep final : public WarmedSchedule {
 public:
  using Params = MultiStepParams;
  /// Throws Kind::config if a fall lies at or behind the end of the run.
  MultiStep(const Params& params, const Needs& needs);

 private:
  double factor_after(std::int64_t step) override;

  std::vector<std::int64_t> at_;
  double gamma_;
};

}  // namespace assay::schedules
