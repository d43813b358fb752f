// One rise of the learning rate to its full value, and one long fall.
#pragma once

#include <string>

#include "plugins/schedules/lengths.h"

namespace assay::schedules {

struct OneCycleParams {
  double rise = 0.3;
  double start_divisor = 25.0;
  double end_divisor = 1e4;
  std::string shape = "cosine";
  bool three_phase = false;

  static void describe(Fields<OneCycleParams>& f) {
    f.about(
        "One cycle over the run: the factor rises from 1 / start_divisor to 1, then falls to "
        "1 / (start_divisor * end_divisor) at the last step. The optimizer's lr is the highest rate. "
        "Momentum "
        "stays as the optimizer has it: the source also lowers it while the rate is high, which is not done "
        "here (PyTorch's cycle_momentum=False).");
    f.source(
        "Smith and Topin 2018, Super-Convergence: Very Fast Training of Neural Networks Using Large Learning "
        "Rates; numbers as torch.optim.lr_scheduler.OneCycleLR");
    f("rise", &OneCycleParams::rise, "part of the run in which it rises", probability);
    f("start_divisor", &OneCycleParams::start_divisor, "the first factor is 1 over this", at_least(1));
    f("end_divisor", &OneCycleParams::end_divisor, "the last factor is the first one over this", at_least(1),
      log_scale);
    f("shape", &OneCycleParams::shape, "of rise and fall", one_of({"cosine", "linear"}));
    f("three_phase", &OneCycleParams::three_phase,
      "fall in the time of the rise to the first factor, and then to the last");
    f.check("three phases have a rise of at most half the run",
            [](const OneCycleParams& p) { return !p.three_phase || p.rise <= 0.5; });
  }
};

class OneCycle final : public Schedule {
 public:
  using Params = OneCycleParams;
  /// Throws Kind::config if the run is bounded by time only.
  OneCycle(const Params& params, const Needs& needs);
  double factor(std::int64_t step) override;

 private:
  /// Between two factors; progress from 0 to 1.
  double between(double from, double to, double progress) const;

  double first_;
  double last_;
  bool is_linear_;
  bool is_three_phase_;
  double rise_end_;  // steps, not always whole
  double last_step_;
};

}  // namespace assay::schedules
