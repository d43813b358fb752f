// Splits by shares: `split: {train: 70%, valid: 15%, test: 15%, stratify: true}`.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "plugins/splits/groups.h"
#include "registry/contracts/split.h"

namespace assay::splits {

struct FractionsParams {
  std::optional<Share> train;
  Share valid;
  Share test;
  bool stratify = false;
  std::string group;
  std::int64_t seed = 0;

  // Shares are decimal fractions: 70% + 20% + 10% may miss 1 by a rounding error.
  static constexpr double slack = 1e-9;
  bool fits() const { return (train ? train->value : 0) + valid.value + test.value <= 1 + slack; }
  /// What train gets: its own share, or what the others leave.
  double train_share() const { return train ? train->value : 1 - valid.value - test.value; }

  static void describe(Fields<FractionsParams>& f) {
    f.about(
        "Parts of given shares, drawn at random. Counts are by largest remainder: shares of all rows "
        "(stratified: of each class) rounded down, then one more where the remainder is largest. A part "
        "whose share is above 0% gets at least one row (stratified: of each class) if there are as many "
        "rows as such parts.");
    f("train", &FractionsParams::train,
      "share of the rows to learn from (default: what valid and test leave)");
    f("valid", &FractionsParams::valid, "share of the rows that decisions are made on");
    f("test", &FractionsParams::test, "share of the rows that the result is measured on");
    f("stratify", &FractionsParams::stratify, "give every part the same mix of classes");
    f("group", &FractionsParams::group,
      "a column of the data whose equal values stay in one part; shares are then of the groups");
    f("seed", &FractionsParams::seed,
      "seed of the drawing; not the run's, so that runs of all seeds share their test rows", at_least(0));
    f.check("train, valid and test add up to at most 100%",
            [](const FractionsParams& p) { return p.fits(); });
    f.check("stratify and group are not both written",
            [](const FractionsParams& p) { return !p.stratify || p.group.empty(); });
    f.check("train is above 0%",
            [](const FractionsParams& p) { return !p.fits() || p.train_share() > slack; });
  }
};

/// Rows of every part in ascending order. Stratified needs a classification target, grouped the
/// column (else Kind::config).
class Fractions final : public Split {
 public:
  using Params = FractionsParams;
  Fractions(const Params& params, const Needs& needs);
  SplitRows rows(const Dataset& dataset) const override;

 private:
  std::vector<Rows> shuffled_groups(const Dataset& dataset, const Rows& shuffled) const;

  Params params_;
};

/// How many of `rows` rows go to parts of the given shares, whose sum is at most 1. Largest remainder; on a
/// tie the earlier part. Parts with a share get at least one row if there are as many rows as such parts.
std::array<std::int64_t, 3> part_counts(const std::array<double, 3>& shares, std::int64_t rows);

}  // namespace assay::splits
