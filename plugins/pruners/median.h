// Stops what is worse than half of the others were at that time.
#pragma once

#include "registry/contracts/pruner.h"

namespace assay::pruners {

struct MedianParams {
  std::int64_t startup = 5;
  double warmup = 0;

  static void describe(Fields<MedianParams>& f) {
    f.about(
        "Stops a trial whose best value so far is worse than the median of the others' best values after as "
        "much "
        "training.");
    f.source(
        "Golovin et al. 2017, Google Vizier: A service for black-box optimization, sec. 3.2 (best for mean)");
    f("startup", &MedianParams::startup, "trials that must have come as far before any is stopped",
      at_least(1));
    f("warmup", &MedianParams::warmup, "how long every trial runs before it may be stopped", unit("epochs"),
      non_negative);
  }
};

/// Never pauses: others that come later change no decision.
class Median final : public Pruner {
 public:
  using Params = MedianParams;
  Median(const Params& params, const Needs& needs);
  Decision decide(const Curve& trial, std::span<const Curve> curves, bool are_all_in) const override;

 private:
  Params params_;
};

}  // namespace assay::pruners
