// Falls of the learning rate by a power of time.
#pragma once

#include <cmath>
#include <optional>

#include "plugins/schedules/warmup.h"

namespace assay::schedules {

struct InverseSqrtParams {
  Duration warmup = no_warmup;
  std::optional<Duration> timescale;

  static void describe(Fields<InverseSqrtParams>& f) {
    f.about(
        "Falls by the root of time: step s after the warm-up has the factor sqrt(t / (t + s)), t being the "
        "timescale.");
    f.source(
        "Vaswani et al. 2017, Attention Is All You Need, eq. 3, with the full rate at the end of the "
        "warm-up");
    describe_warmup(f);
    f("timescale", &InverseSqrtParams::timescale,
      "after three times as long the factor is a half; without it, as long as the warm-up, or 10,000 steps "
      "if there is none",
      length_rule);
  }
};

class InverseSqrt final : public WarmedSchedule {
 public:
  using Params = InverseSqrtParams;
  InverseSqrt(const Params& params, const Needs& needs)
      : WarmedSchedule(params.warmup, needs),
        timescale_(static_cast<double>(params.timescale ? period_in(*params.timescale, "timescale", needs)
                                       : warmup() > 0   ? warmup()
                                                        : 10000)) {}

 private:
  double factor_after(std::int64_t step) override {
    return std::sqrt(timescale_ / (timescale_ + static_cast<double>(step)));
  }

  double timescale_;
};

struct InverseScalingParams {
  double power = 0.5;
  Duration warmup = no_warmup;

  static void describe(Fields<InverseScalingParams>& f) {
    f.about(
        "scikit-learn's `invscaling`: the factor is 1 / (n + 1)^power, where n counts training samples, not "
        "steps, and changes after each epoch only. It falls fast: to 0.024 after the first epoch of 1,797 "
        "samples.");
    f.source("sklearn.neural_network.MLPClassifier, learning_rate='invscaling'");
    f("power", &InverseScalingParams::power, "scikit-learn's power_t", positive);
    describe_warmup(f);
  }
};

class InverseScaling final : public WarmedSchedule {
 public:
  using Params = InverseScalingParams;
  InverseScaling(const Params& params, const Needs& needs)
      : WarmedSchedule(params.warmup, needs),
        power_(params.power),
        steps_per_epoch_(needs.steps_per_epoch),
        samples_per_epoch_(needs.samples_per_epoch > 0 ? needs.samples_per_epoch
                                                       : needs.steps_per_epoch * needs.batch_size) {}

 private:
  double factor_after(std::int64_t step) override {
    const std::int64_t samples = (step + warmup()) / steps_per_epoch_ * samples_per_epoch_;
    return std::pow(static_cast<double>(samples + 1), -power_);
  }

  double power_;
  std::int64_t steps_per_epoch_;
  std::int64_t samples_per_epoch_;
};

}  // namespace assay::schedules
