// Cross-validation: `split: {type: k_fold, k: 5, fold: 0}`.
#pragma once

#include <cstdint>
#include <string>

#include "plugins/splits/carve.h"
#include "registry/contracts/split.h"

namespace assay::splits {

struct KFoldParams {
  std::int64_t k = 5;
  std::int64_t fold = 0;
  bool stratify = false;
  std::string group;
  Carve valid;
  std::int64_t seed = 0;

  static void describe(Fields<KFoldParams>& f) {
    f.about(
        "One of k splits: the rows are dealt at random to k folds, whose sizes differ by at most one; `fold` "
        "tests, all others train. Runs with fold 0 to k - 1 test every row once.");
    f("k", &KFoldParams::k, "how many folds there are", at_least(2));
    f("fold", &KFoldParams::fold, "the fold to test on, from 0", at_least(0));
    f("stratify", &KFoldParams::stratify, "give every fold the same mix of classes");
    f("group", &KFoldParams::group, "a column of the data whose equal values stay in one fold");
    f("valid", &KFoldParams::valid,
      "rows of train to validate on: none, a share (drawn at random), {last: 10%}, {first: 10%} or "
      "{random: 10%}");
    f("seed", &KFoldParams::seed, "seed of the dealing; not the run's", at_least(0));
    f.check("fold is below k", [](const KFoldParams& p) { return p.fold < p.k; });
    f.check("stratify and group are not both written",
            [](const KFoldParams& p) { return !p.stratify || p.group.empty(); });
  }
};

/// Rows of every part in ascending order. Throws Kind::data if there are fewer rows (or groups) than folds.
class KFold final : public Split {
 public:
  using Params = KFoldParams;
  KFold(const Params& params, const Needs& needs);
  SplitRows rows(const Dataset& dataset) const override;

 private:
  Params params_;
};

}  // namespace assay::splits
