// Warm-up, a long stay at the full learning rate, and a short decay at the end of the run.
#pragma once

#include <string>

#include "plugins/schedules/warmup.h"

namespace assay::schedules {

struct WsdParams {
  Duration warmup{5, Duration::Unit::percent};
  Duration decay{20, Duration::Unit::percent};
  std::string shape = "linear";
  double floor = 0.0;

  static void describe(Fields<WsdParams>& f) {
    f.about(
        "Warm-up, stable, decay: the rate stays at its full value until the last `decay` of the run. With x "
        "from 0 to 1 along the decay, the factor is floor + (1 - floor) times 1 - x (linear), "
        "(1 + cos(pi * x)) / 2 (cosine) or 1 - sqrt(x) (sqrt).");
    f.source(
        "Hu et al. 2024, MiniCPM, sec. 4; shapes: Haegele et al. 2024, Scaling Laws and Compute-Optimal "
        "Training Beyond Fixed Training Durations, sec. 3");
    describe_warmup(f);
    f("decay", &WsdParams::decay, "how long the rate falls, at the end of the run", length_rule);
    f("shape", &WsdParams::shape, "of the fall", one_of({"linear", "cosine", "sqrt"}));
    f("floor", &WsdParams::floor, "the factor that the run ends near", probability);
  }
};

class Wsd final : public WarmedSchedule {
 public:
  using Params = WsdParams;
  /// Throws Kind::config if the run is bounded by time only, or warm-up and decay do not fit into it.
  Wsd(const Params& params, const Needs& needs);

 private:
  double factor_after(std::int64_t step) override;

  std::string shape_;
  double floor_;
  std::int64_t decay_;
  std::int64_t stable_;  // steps between warm-up and decay
};

}  // namespace assay::schedules
