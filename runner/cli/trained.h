// A recorded run as a trained model: the weights of one of its checkpoints, the transforms that were fitted
// with them, and data to judge or to predict. What `eval` and `predict` have in common.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "registry/contracts/engine.h"
#include "registry/contracts/state.h"
#include "runner/cli/recorded.h"
#include "runner/cli/runs_folder.h"
#include "runner/cli/syntax.h"

namespace assay::cli {

/// RUN and the options about its weights.
class TrainedArguments {
 public:
  void describe_run(Syntax& syntax);
  void describe_options(Syntax& syntax);
  /// Of these, what says which weights of which runs.
  void describe_weights(Syntax& syntax);

  RecordedRun get_run() const { return get_recorded(runs_.path(), run_); }
  /// Throws Kind::usage, naming the checkpoints that there are.
  const store::CheckpointRow& get_checkpoint(const RecordedRun& run) const;
  const std::string& device() const { return device_; }

 private:
  std::string run_;
  std::string weights_;
  std::string device_;
  RunsFolder runs_;
};

/// Data other than those of the run.
struct OtherData {
  std::vector<std::string> overrides;  // of keys below `dataset`: "file=new.csv"
  std::string input;                   // a file or folder to read instead of the data set's own
  bool is_labelled = true;
  bool is_split = false;  // by the config's split; else every row is used

  bool is_given() const { return !overrides.empty() || !input.empty(); }
};

struct Trained {
  store::CheckpointRow checkpoint;
  State state;
  LoadedConfig config;
  Implementations parts;
  std::vector<PluginInfo> plugins;
  Prepared prepared;
  std::vector<Problem> warnings;

  /// on_progress: called with how many rows are done.
  InferenceJob job(const std::vector<std::int64_t>& rows,
                   std::function<void(std::int64_t)> on_progress) const {
    return {config.experiment, prepared, parts, state, rows, std::move(on_progress)};
  }
};

/// Reads checkpoint, config and data. The result points into the registry, which gets the run's plugins.
/// Throws Kind::store for a checkpoint that is damaged or missing, Kind::data for data that is not the run's,
/// or that the model does not know.
Trained load_trained(const RecordedRun& run, const TrainedArguments& arguments, const OtherData& other,
                     Registry& registry);

/// The same without data: of `prepared` what prepare_trained_model gives. Throws Kind::store for a checkpoint
/// that is damaged or missing.
Trained load_trained_model(const RecordedRun& run, const TrainedArguments& arguments, Registry& registry);

/// Opens the engine and calls `work` with it. Where the checkpoint is not of the model that is built, the
/// problem names what of the programs and plugins changed since the run.
void with_engine(const RecordedRun& run, Trained& trained, const std::function<void(Engine& engine)>& work);

/// `best, step 140`, `step 15`.
std::string weights_text(const store::CheckpointRow& checkpoint, bool are_averaged);

}  // namespace assay::cli
