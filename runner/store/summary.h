// summary.json: the few facts about a run that lists of runs show. Published with every run.h5, small enough
// to read ten thousand of them in a second.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/json.h"
#include "runner/store/run_folder.h"

namespace assay::store {

using MetricValues =
    std::vector<std::pair<std::string, double>>;  // "valid/accuracy" -> value, sorted by name

struct RunSummary {
  std::string folder;  // not in the file
  std::string id;
  std::string name;
  RunState state = RunState::absent;
  int attempt = 0;
  std::int64_t start_ns = 0;  // since 1970-01-01 UTC
  double seconds = 0;
  std::int64_t step = 0;
  std::int64_t epoch = 0;
  std::int64_t seed = 0;
  std::string dataset;  // type names
  std::string model;
  std::string optimizer;
  std::vector<std::string> tags;
  MetricValues last;                 // the last value of every series
  std::string best_metric;           // of checkpoint.keep_best; empty without
  std::optional<double> best_value;  // where there is a best checkpoint
  std::int64_t best_step = 0;
  std::string message;  // why it stopped or failed

  /// The value of a metric's last row, or nothing.
  std::optional<double> find(std::string_view metric) const;
};

Json to_json(const RunSummary& summary);
/// Missing keys keep their defaults, unknown ones are ignored.
RunSummary summary_of(const Json& json);

}  // namespace assay::store
