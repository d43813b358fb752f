// `sweep.summary`: means over the groups of `per`, as a paper's table has them.
#pragma once

#include <string>
#include <vector>

#include "runner/sweep/board.h"
#include "runner/sweep/statistics.h"

namespace assay::sweep {

struct SummaryRow {
  std::string label;             // of the groups that differ in `over` only; empty if that is all of them
  std::vector<Summary> metrics;  // one for each of `summary.metrics`
};

/// One value of each group: of its refit where there is one, else of its best configuration, the mean over
/// repeats. Groups without one are left out, and so are rows without any. Empty without a `summary`.
std::vector<SummaryRow> summary_rows(const Study& study, const Board& board);

}  // namespace assay::sweep
