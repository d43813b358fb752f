// All rows train, and the same rows are tested on: `split: resubstitution`.
#pragma once

#include <cstdint>
#include <vector>

#include "registry/contracts/split.h"

namespace assay::splits {

struct ResubstitutionParams {
  static void describe(Fields<ResubstitutionParams>& f) {
    f.about(
        "All rows train, and all of them are tested on at the end: what test says is the error on the "
        "training data, which "
        "some publications report. It says nothing of new rows.");
    f.source("Devroye, Gyorfi and Lugosi 1996, A Probabilistic Theory of Pattern Recognition, sec. 23.1");
  }
};

class Resubstitution final : public Split {
 public:
  using Params = ResubstitutionParams;
  Resubstitution(const Params&, const Needs&) {}

  /// Of windows, those to test on lie end to end.
  SplitRows rows(const Dataset& dataset) const override {
    const std::optional<Windows>& windows = dataset.facts().windows;
    if (!windows) return {every(1, dataset.facts().rows), {}, every(1, dataset.facts().rows)};
    return {every(windows->stride, windows->rows()), {}, every(windows->length, windows->rows())};
  }
  bool shares_rows() const override { return true; }

 private:
  static std::vector<std::int64_t> every(std::int64_t stride, std::int64_t end) {
    std::vector<std::int64_t> rows;
    for (std::int64_t row = 0; row < end; row += stride) rows.push_back(row);
    return rows;
  }
};

}  // namespace assay::splits
