// Half a cosine from the full learning rate down to a floor, after an optional warm-up.
#pragma once

#include "plugins/schedules/warmup.h"

namespace assay::schedules {

struct CosineParams {
  Duration warmup{0, Duration::Unit::steps};
  double floor = 0;

  static void describe(Fields<CosineParams>& f) {
    f.about(
        "Half a cosine over the run. Of T steps with a warm-up of W, step s (from 0) has the factor "
        "(s + 1) / (W + 1) for s < W, then floor + (1 - floor) * (1 + cos(pi * (s - W) / (T - W))) / 2.");
    f.source("Loshchilov and Hutter 2017, SGDR, eq. 5, without restarts");
    f("warmup", &CosineParams::warmup, "how long the learning rate rises to its full value", warmup_length);
    f("floor", &CosineParams::floor, "the factor that the run ends near", probability);
  }
};

/// The closed form of PyTorch's SequentialLR of LinearLR(start_factor=1/(W+1), total_iters=W) and
/// CosineAnnealingLR(T_max=T-W, eta_min=floor*lr). From step T on the factor is `floor`.
class Cosine final : public Schedule {
 public:
  using Params = CosineParams;
  /// Throws Kind::config if the run is bounded by time only: there is no end to aim at.
  Cosine(const Params& params, const Needs& needs);
  double factor(std::int64_t step) override;

 private:
  double floor_;
  std::int64_t total_;
  std::int64_t warmup_;
};

}  // namespace assay::schedules
