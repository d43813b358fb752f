// Runs side by side: what their configs do not share, and what became of their metrics.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "registry/registry.h"
#include "runner/report/run_data.h"

namespace assay::report {

struct ComparedKey {
  std::string key;
  std::vector<Json> values;  // one a run; null where it has none
};

struct ComparedMetric {
  std::string name;
  Direction direction = Direction::unknown;
  std::vector<std::optional<double>> last;  // one a run
  std::vector<std::optional<Extreme>>
      best;  // empty where the direction is unknown, and where no run has more than one row
  std::optional<std::size_t> best_run;  // whose best is the best of all; of equals the first
};

struct Comparison {
  std::vector<std::string> titles;  // of the runs, as they were given
  std::vector<ComparedKey> keys;    // only those that differ, in the order of the first config that has them
  std::vector<ComparedMetric> metrics;  // of any run, sorted by split and name: test, valid, train, others
};

Comparison compare(std::span<const RunData> runs, const Registry& registry);

}  // namespace assay::report
