// The engine, as everything without LibTorch sees it. It lives in libassay_engine.so, which is opened only to
// compute.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "registry/contracts/experiment.h"
#include "registry/contracts/inference.h"
#include "registry/contracts/prepared.h"
#include "registry/contracts/ranks.h"
#include "registry/contracts/recorder.h"
#include "registry/implementations.h"

namespace assay {

/// Where an interrupted run goes on.
struct ResumePoint {
  State state;                 // of the checkpoint: what the engine gave to Recorder::checkpoint
  State best;                  // of the one with the best weights so far; empty if none
  std::vector<Scalar> latest;  // the last value of every series until then
  double seconds = 0;          // trained until then
  bool is_fork = false;        // from a run of another config: see runner/engine/checkpoint_state.h
};

/// Where the time of some steps goes.
struct Profile {
  /// What took time under one name. Of phases all of it, of operations without those inside them.
  struct Row {
    std::string name;
    std::int64_t calls = 0;
    double seconds = 0;
    bool is_on_device = false;  // a kernel of a GPU, which computes while the process goes on
  };
  std::int64_t skip = 10;   // steps of the attempt before the first that is looked at: these are slower
  std::int64_t steps = 20;  // to look at; fewer if the run ends before
  std::string trace_file;   // gets every operation, in Chrome's trace format; empty: no file

  std::int64_t measured_steps = 0;  // that were looked at
  double seconds = 0;               // wall clock, of these and what came between them
  std::vector<Row> phases;          // by what the engine was doing; both lists from the longest
  std::vector<Row> operations;      // LibTorch's, by their names there
};

/// What a run needs; everything outlives the call.
struct TrainJob {
  const Experiment& experiment;
  const Prepared& prepared;
  const Implementations& parts;
  Recorder& recorder;
  Listener& listener;
  bool is_fast = false;                     // one batch of each phase
  bool is_traced = false;                   // note the first operation that gives nan or inf, as "trace"
  const std::atomic<bool>* stop = nullptr;  // looked at between steps: end as `stopped`
  ResumePoint* resume = nullptr;            // null: from the first step; its states are freed once loaded
  Profile* profile = nullptr;               // to be filled in
  /// One of several processes that train it together. Only rank 0's recorder and resume point count; the
  /// others are given what it goes on from. Null: this process trains it alone.
  const RankPlace* place = nullptr;
};

/// The narrow part, which sweeps use: one trial after the other in a process.
class TrialRunner {
 public:
  virtual ~TrialRunner();
  /// Trains, evaluates and records. Returns how the run ended (also given to the recorder). What goes wrong
  /// inside is an Outcome `failed` with its message; an Error is thrown only for what is no fault of the run
  /// (Kind::store, Kind::device, Kind::internal), after the recorder heard of it.
  virtual Outcome train(const TrainJob& job) = 0;
};

/// What a step is fastest with, and what was measured.
struct SpeedChoice {
  struct Measured {
    std::int64_t threads = 1;
    std::string memory_format;  // contiguous or channels_last
    double step_s = 0;          // median wall time
  };
  std::int64_t threads = 1;
  std::string memory_format = "contiguous";
  std::vector<Measured> measured;  // none: there was nothing to choose
  double seconds = 0;              // that measuring took
};

class Engine : public TrialRunner {
 public:
  /// For `threads: auto` and `train.memory_format: auto`, before the process has run a tensor operation.
  virtual SpeedChoice measure_speed(const Experiment& experiment, const Prepared& prepared,
                                    const Implementations& parts) = 0;
  /// Devices this LibTorch can use: "cpu", "cuda:0", ...
  virtual std::vector<std::string> devices() const = 0;
  /// Checks `device` (auto, cpu, cuda, cuda:n) and returns what it stands for. Throws Kind::device.
  virtual std::string resolve_device(const std::string& device) const = 0;
  /// Loss and metrics of the job's rows, under names that begin with `split`: bit for bit what training
  /// records of these rows with these weights. Throws Kind::store for a checkpoint that is not of this model,
  /// Kind::device, Kind::run for what goes wrong inside.
  virtual Evaluation evaluate(const InferenceJob& job, const std::string& split) = 0;
  /// Of classification and regression. Throws as evaluate.
  virtual Predictions predict(const InferenceJob& job) = 0;
  /// What the model itself gives, before any loss or task reads it: [rows, ...] f32. Throws as evaluate.
  virtual Array scores(const ScoresJob& job) = 0;
};

}  // namespace assay
