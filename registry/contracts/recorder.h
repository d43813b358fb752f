// Where a run writes what it does. The engine knows this much; runner/store implements it. What a call
// returned from is safe to the extent that docs/design/store.md says.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/array.h"
#include "core/json.h"
#include "registry/contracts/events.h"
#include "registry/contracts/state.h"

namespace assay {

struct CheckpointInfo {
  std::int64_t step = 0;
  std::int64_t epoch = 0;  // epochs done
  bool is_best = false;    // by checkpoint.keep_best
  double metric = 0;       // of keep_best, if is_best
  bool is_final = false;   // the run ends with it
};

/// How a run ended.
struct Outcome {
  enum class Status { finished, stopped, failed };
  Status status = Status::finished;
  std::string message;  // why it stopped or failed; empty if finished
  std::int64_t step = 0;
  std::int64_t epoch = 0;
  double seconds = 0;           // of training and evaluation, wall clock
  std::vector<Scalar> metrics;  // the last value of every series, and "best/..." where there is one
};

class Recorder {
 public:
  virtual ~Recorder();
  /// One row of metrics at a step.
  virtual void log(std::int64_t step, std::int64_t epoch, std::span<const Scalar> row) = 0;
  /// An array that belongs to a step, as "valid/confusion_matrix" [classes, classes]. Copied. run.h5 shows
  /// the latest of each name.
  virtual void array(std::int64_t step, std::string_view name, const ArrayView& values) = 0;
  virtual void event(const Event& event) = 0;
  /// Takes a copy of `state`, to be written as an immutable file while the run goes on, and returns the
  /// file's name within the run folder. What could not be written is thrown by a later call.
  virtual std::string checkpoint(const CheckpointInfo& info, const State& state) = 0;
  /// Returns when every checkpoint so far is on disk, to stay. Throws what went wrong.
  virtual void settle() = 0;
  /// Makes run.h5 show everything so far.
  virtual void publish() = 0;
  /// Writes a state of a run that failed as a file of that name beside the checkpoints, at once, for
  /// `assay replay`. The default keeps nothing.
  virtual void keep(std::string_view name, const State& state);
  /// Facts that only the engine knows, as {"libtorch": "2.13.0", "device": "cpu"}: added to the environment.
  virtual void note(std::string_view key, Json value) = 0;
  /// Seals the record. Called once.
  virtual void finish(const Outcome& outcome) = 0;
};

}  // namespace assay
