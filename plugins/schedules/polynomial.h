// A line, or a power of it, from the full learning rate down to a floor.
#pragma once

#include <algorithm>
#include <cmath>

#include "plugins/schedules/warmup.h"

namespace assay::schedules {

struct PolynomialParams {
  double power = 1.0;
  double floor = 0.0;
  Duration warmup = no_warmup;

  static void describe(Fields<PolynomialParams>& f) {
    f.about(
        "Falls over the run. Step s of T, both without the warm-up, has the factor "
        "floor + (1 - floor) * (1 - s / T)^power; a power of 1 is a line.");
    f.source("torch.optim.lr_scheduler.PolynomialLR");
    f("power", &PolynomialParams::power, "above 1 it falls faster at first", positive);
    f("floor", &PolynomialParams::floor, "the factor that the run ends near", probability);
    describe_warmup(f);
  }
};

class Polynomial final : public WarmedSchedule {
 public:
  using Params = PolynomialParams;
  /// Throws Kind::config if the run is bounded by time only.
  Polynomial(const Params& params, const Needs& needs)
      : WarmedSchedule(params.warmup, needs),
        power_(params.power),
        floor_(params.floor),
        length_(total_steps("polynomial", needs) - warmup()) {}

 private:
  double factor_after(std::int64_t step) override {
    const double left = 1 - static_cast<double>(std::min(step, length_)) / static_cast<double>(length_);
    return floor_ + (1 - floor_) * std::pow(left, power_);
  }

  double power_;
  double floor_;
  std::int64_t length_;
};

}  // namespace assay::schedules
