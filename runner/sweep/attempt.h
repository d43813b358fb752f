// One attempt at one trial: from values to how it ended. A trial is an ordinary run in a folder of its own;
// what is the same for many - the composed config, the data - is kept from one to the next.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "core/json.h"
#include "registry/contracts/engine.h"
#include "registry/contracts/pruner.h"
#include "registry/implementations.h"
#include "runner/store/run_folder.h"
#include "runner/sweep/ledger.h"
#include "runner/sweep/study.h"

namespace assay::sweep {

/// Data that are ready to train on, for experiments whose `dataset` is the same. Those used last stay, within
/// some memory.
class DataCache {
 public:
  DataCache(const Implementations& parts, std::string shipped_data)
      : parts_(parts), shipped_data_(std::move(shipped_data)) {}

  /// For this experiment; good until the next call. Throws what prepare() throws.
  const Prepared& get(const Experiment& experiment);

 private:
  struct Entry {
    std::string dataset;  // as JSON
    Prepared prepared;
  };
  void drop_oldest();

  const Implementations& parts_;
  const std::string shipped_data_;
  std::list<Entry> entries_;  // the one used last first
};

/// What a worker has for all its trials. All of it outlives them.
struct TrialTools {
  const Study& study;
  const StudyFolder& folder;
  const Implementations& parts;
  TrialRunner& engine;
  DataCache& data;
  Json environment;  // of this machine and this build
  std::vector<std::string> command;
};

/// A reading of the objective while a trial runs.
struct Evaluation {
  double epochs = 0;
  std::int64_t steps = 0;
  double share = 0;  // of the whole run
  double value = 0;
};

struct AttemptOrder {
  Trial trial = 0;
  int attempt = 1;              // claimed by this process
  std::int64_t n_halvings = 0;  // of batches, for attempts before it that ran out of memory
  std::vector<Override> overrides;
  const std::atomic<bool>* stop = nullptr;                   // ends it at a checkpoint
  std::function<Decision(const Evaluation&)> on_evaluation;  // may be empty
  std::function<void(double share)> on_progress;             // may be empty
};

struct AttemptEnd {
  enum class How {
    finished,
    stopped,    // by `stop`, or by what on_evaluation decided
    failed,     // the attempt is released, and says why
    taken_over  // another process went on with the trial: nothing of this attempt counts
  };
  How how = How::finished;
  Decision decision = Decision::go_on;  // that stopped it
  TrialEnd end;                         // of one that finished, or was stopped
  bool is_out_of_time = false;          // stopped as it used up the sweep's limit
};

/// Runs it, with its record. Throws what is no fault of the trial: Kind::store, Kind::device, Kind::internal.
/// Whoever called must end then: the attempt counts as lost once its process is gone.
AttemptEnd run_attempt(const TrialTools& tools, const AttemptOrder& order);

/// How a finished trial ended, by its result; nothing if that or its run.h5 is damaged. Throws
/// Kind::data if they are there and cannot be read: that says nothing of what is in them.
std::optional<TrialEnd> end_by_result(const Study& study, const StudyFolder& folder, Trial trial);

/// `diverged`, `out_of_memory`, `error`: what a run's message means.
std::string reason_of(const std::string& message);

/// Says how an attempt ended, for whoever looks at the trial next; the first word counts.
void release(const std::string& folder, int attempt, store::RunState state, const std::string& reason,
             const std::string& message);

}  // namespace assay::sweep
