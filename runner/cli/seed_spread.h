// How far the results of an experiment lie apart when its seed alone is another: what a repeated run may be
// judged by where its numbers cannot be the same, as on another machine.
//
//   const std::vector<SpreadRow> rows = seed_spread(recorded, now);
//   if (!rows.empty() && all_within(rows)) ...
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/json.h"
#include "runner/cli/output.h"
#include "runner/cli/recorded.h"
#include "runner/store/summary.h"

namespace assay::cli {

/// The last value of one series of valid or test, or the best one.
struct SpreadRow {
  std::string metric;
  double recorded = 0;
  double now = 0;
  double mean = 0;       // over the seeds
  double deviation = 0;  // standard deviation of a sample of `runs`
  std::int64_t runs = 0;

  /// Within two standard deviations of the mean.
  bool is_within() const;
};

/// By finished runs that lie in the folder of `recorded` and differ from it in the seed alone, itself among
/// them. Empty if they have fewer than three seeds.
std::vector<SpreadRow> seed_spread(const RecordedRun& recorded, const store::RunSummary& now);

/// The rows of runs with these last values, the first of which is the recorded one.
std::vector<SpreadRow> spread_of(const std::vector<store::MetricValues>& seeds, const store::RunSummary& now);

/// False if there are none.
bool all_within(const std::vector<SpreadRow>& rows);

std::string spread_text(const std::vector<SpreadRow>& rows, const Output& out);
Json spread_json(const std::vector<SpreadRow>& rows);

}  // namespace assay::cli
