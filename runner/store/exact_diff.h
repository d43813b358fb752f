// Whether two runs recorded the same, bit for bit: everything under /config, /metrics and /arrays of run.h5,
// and the final and best checkpoints. Times, machines and events are not looked at: they differ between equal
// runs.
//
//   const ExactComparison compared = compare_exactly("runs/digits/3f2a91c0de", "runs/digits/3f2a91c0de.2");
//   if (compared.first) ...                     // metrics/valid/loss, step 40: 0.31 and 0.3100001
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "registry/contracts/state.h"

namespace assay::store {

/// A place where two records differ.
struct RecordDifference {
  std::string where;                 // "config/resolved", "metrics/valid/loss", "model/layers.0.weight"
  std::optional<std::int64_t> step;  // of metrics and checkpoints
  std::string a, b;                  // what stands there, in words; "nothing" where one has nothing
  std::string note;                  // "17 of 64 numbers differ, by at most 2.1e-07"; empty if that is all
  double largest = 0;                // of numbers: the largest difference; infinite where they do not compare
};

struct ExactComparison {
  std::int64_t series = 0;  // how much is there to compare, in A
  std::int64_t rows = 0;
  std::int64_t checkpoints = 0;
  std::int64_t arrays = 0;                    // of checkpoints, and those that were logged
  std::vector<RecordDifference> differences;  // one a text, series or array; the earliest first

  bool is_identical() const { return differences.empty(); }
  /// Nothing differs, or numbers alone do, by no more than this.
  bool is_within(double tolerance) const;
};

/// The runs in these folders. Configs come first, then metrics and checkpoints by step. Throws Kind::store if
/// a record cannot be read or is damaged.
ExactComparison compare_exactly(const std::string& folder_a, const std::string& folder_b);

/// Two arrays called `name`, of one step. Nothing if they are equal.
std::optional<RecordDifference> compare_arrays(const std::string& name, const ArrayView& a,
                                               const ArrayView& b, std::int64_t step);

/// Two states of runs at a step, array by array in the order of `a`.
std::vector<RecordDifference> compare_states(const State& a, const State& b, std::int64_t step);

}  // namespace assay::store
