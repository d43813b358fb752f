// Half a cosine from the full learning rate down to a floor, once or again and again.
#pragma once

#include <optional>

#include "plugins/schedules/warmup.h"

namespace assay::schedules {

struct CosineParams {
  Duration warmup = no_warmup;
  double floor = 0;
  std::optional<Duration> period;
  std::int64_t period_factor = 1;

  static void describe(Fields<CosineParams>& f) {
    f.about(
        "Half a cosine over the run. Step s of T, both without the warm-up, has the factor "
        "floor + (1 - floor) * (1 + cos(pi * s / T)) / 2. With a `period` it starts again from 1 after "
        "each.");
    f.source("Loshchilov and Hutter 2017, SGDR: Stochastic Gradient Descent with Warm Restarts, eq. 5");
    describe_warmup(f);
    f("floor", &CosineParams::floor, "the factor that the cosine ends near", probability);
    f("period", &CosineParams::period,
      "the first cosine's length (T_0 of the source); without it there is one, over the run", length_rule);
    f("period_factor", &CosineParams::period_factor,
      "how many times longer each cosine is than the one before (T_mult)", at_least(1));
    f.check("period_factor has a period",
            [](const CosineParams& p) { return p.period || p.period_factor == 1; });
  }
};

/// The closed forms of PyTorch's CosineAnnealingLR(T_max = T, eta_min = floor * lr) and, with a period,
/// CosineAnnealingWarmRestarts. Without a period the factor is `floor` from step T on.
class Cosine final : public WarmedSchedule {
 public:
  using Params = CosineParams;
  /// Throws Kind::config if the run is bounded by time only and there is no period: there is no end to aim
  /// at.
  Cosine(const Params& params, const Needs& needs);

 private:
  double factor_after(std::int64_t step) override;

  double floor_;
  std::int64_t length_;  // of the first cosine
  bool restarts_;
  std::int64_t period_factor_;
};

}  // namespace assay::schedules
