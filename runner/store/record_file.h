// run.h5, summary.json and result.json as functions of what a run has recorded so far. docs/formats/run.md
// has the layout. Everything that differs between two runs of one config - times, machine, attempt - stands
// outside /config and /metrics.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/json.h"
#include "runner/store/record_writer.h"
#include "runner/store/summary.h"

namespace assay::store {

/// The rows of one metric, in the order in which they were logged.
struct Series {
  std::vector<std::int64_t> step;
  std::vector<std::int64_t> epoch;
  std::vector<std::int64_t> wall_ns;
  std::vector<double> value;
};

/// Split and name: {"valid", "accuracy"}.
using SeriesKey = std::pair<std::string, std::string>;
/// "valid/accuracy" -> {"valid", "accuracy"}; a name without a split belongs to "run"; further '/' become
/// '.'.
SeriesKey series_key(const std::string& metric);

struct EventRow {
  std::int64_t step = 0;
  std::int64_t wall_ns = 0;
  std::string kind;     // "evaluated"
  std::string message;  // "valid/loss 0.31, valid/accuracy 0.9"
};

struct CheckpointRow {
  std::int64_t step = 0;
  std::int64_t epoch = 0;
  std::string kind;  // "final", "best"
  std::string file;  // within the run's folder
  std::uint64_t bytes = 0;
  std::string digest;   // block_digest of the file
  double metric = 0;    // of keep_best; NaN for final
  bool is_kept = true;  // false: replaced, and its file removed
};

struct Record {
  BeginRun begin;
  std::string id;  // with its suffix
  int attempt = 0;
  std::int64_t start_ns = 0;
  double seconds = 0;
  RunState state = RunState::running;
  std::string message;
  std::int64_t step = 0;
  std::int64_t epoch = 0;
  std::map<SeriesKey, Series> series;
  std::vector<EventRow> events;
  std::vector<CheckpointRow> checkpoints;
  std::vector<Scalar> outcome;  // what the run ended with

  /// The checkpoint that `kind` stands for now, or null.
  const CheckpointRow* latest(std::string_view kind) const;
};

std::string run_file(const Record& record);
RunSummary summary_of(const Record& record);
/// For a finished run.
Json result_of(const Record& record, std::int64_t wall_ns);

}  // namespace assay::store
