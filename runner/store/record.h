// What a run has recorded, in memory: what its journals say, and what run.h5 is made of.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/array.h"
#include "core/json.h"
#include "registry/contracts/events.h"
#include "runner/store/begin_run.h"
#include "runner/store/run_folder.h"

namespace assay::store {

/// The rows of one metric, in the order in which they were logged.
struct Series {
  std::string name;       // as it was logged: "valid/accuracy"
  std::size_t order = 0;  // among all series, by their first rows
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
using SeriesMap = std::map<SeriesKey, Series>;

/// The latest array of a name.
struct LoggedArray {
  std::string name;  // as it was logged: "valid/confusion_matrix"
  std::int64_t step = 0;
  Array values;
};
using ArrayMap = std::map<SeriesKey, LoggedArray>;

struct EventRow {
  std::int64_t step = 0;
  std::int64_t wall_ns = 0;
  std::string kind;     // "evaluated"
  std::string message;  // "valid/loss 0.31, valid/accuracy 0.9"
  std::int64_t attempt = 0;

  bool operator==(const EventRow&) const = default;
};

struct CheckpointRow {
  std::int64_t step = 0;
  std::int64_t epoch = 0;
  bool is_best = false;   // by checkpoint.keep_best, when it was taken
  bool is_final = false;  // the run ends with it
  std::string file;       // within the run's folder
  std::uint64_t bytes = 0;
  std::string digest;                                        // block_digest of the file
  double metric = std::numeric_limits<double>::quiet_NaN();  // of keep_best; NaN if it was not the best
  std::string best_file;  // where the best weights were when it was taken; empty without keep_best
  std::uint64_t at = 0;   // the journal's length when its state was taken
  double seconds = 0;     // trained until then, over all attempts
  std::int64_t attempt = 0;
  bool is_kept = true;         // false: replaced, and its file removed
  bool is_superseded = false;  // the run went on from an earlier one
};

/// "final", "best" or "last": the first of them that it is.
std::string_view kind_of(const CheckpointRow& row);

/// Where an attempt goes on from; attempt 0: from the first step.
struct Origin {
  int attempt = 0;
  std::string file;
  std::int64_t step = 0;
  std::uint64_t at = 0;  // of that attempt's journal: rows before it stay
  double seconds = 0;    // trained until then
  /// How long the journals of the attempts before were when this one read them. What an attempt that was
  /// overtaken wrote afterwards is void.
  std::map<int, std::uint64_t> seen;

  bool operator==(const Origin&) const = default;
};

struct AttemptRow {
  int attempt = 0;
  std::int64_t start_ns = 0;
  double seconds = 0;  // of this attempt
  RunState state = RunState::running;
  std::string message;
  Origin origin;
  std::vector<std::string> command;
  Json environment;
};

struct Record {
  BeginRun begin;             // of the last attempt
  std::string assay_version;  // of the last attempt
  std::string id;             // with its suffix
  int attempt = 0;
  std::int64_t start_ns = 0;  // of the first attempt
  double seconds = 0;         // trained, over all attempts whose work counts
  RunState state = RunState::running;
  std::string message;
  std::int64_t step = 0;
  std::int64_t epoch = 0;
  SeriesMap series;
  ArrayMap arrays;
  std::map<int, SeriesMap> superseded;  // by attempt: what was done again
  std::map<int, ArrayMap> superseded_arrays;
  std::vector<EventRow> events;  // of all attempts
  std::vector<CheckpointRow> checkpoints;
  std::vector<AttemptRow> attempts;
  std::vector<Scalar> outcome;        // what the run ended with
  std::vector<std::string> problems;  // damage found on reading, for people

  /// The newest checkpoint that is `kind` ("final", "best" or "last") and counts, or null. Every one is
  /// "last".
  const CheckpointRow* latest(std::string_view kind) const;
};

/// The last value of every series, in the order in which they first came.
std::vector<Scalar> latest_values(const Record& record);

}  // namespace assay::store
