// Gives most of the training to the trials that were best with little.
#pragma once

#include <optional>

#include "registry/contracts/pruner.h"

namespace assay::pruners {

struct AshaParams {
  std::int64_t reduction = 3;
  double first = 1;

  static void describe(Fields<AshaParams>& f) {
    f.about(
        "Asynchronous successive halving. At rungs of `first`, first * reduction, first * reduction^2, ... "
        "epochs a trial goes on if it is among the best 1/reduction of all that reached the rung. Else it is "
        "paused, with a checkpoint, and goes on from there once enough others came in behind it. When no "
        "other trial is left, the best at each rung goes on and the rest is stopped.");
    f.source("Li et al. 2020, A system for massively parallel hyperparameter tuning, algorithm 2");
    f("reduction", &AshaParams::reduction, "of so many trials one goes on at each rung", at_least(2));
    f("first", &AshaParams::first, "the first rung", unit("epochs"), positive);
  }
};

/// The value of a trial at a rung is that of its first evaluation there or behind it.
class Asha final : public Pruner {
 public:
  using Params = AshaParams;
  Asha(const Params& params, const Needs& needs);
  Decision decide(const Curve& trial, std::span<const Curve> curves, bool are_all_in) const override;

 private:
  /// The last rung that lies at or before so much training and after the evaluation before it.
  std::optional<double> rung_at(const Curve& trial) const;

  Params params_;
};

}  // namespace assay::pruners
