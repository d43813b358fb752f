// A run that is only known from its record: its experiment, read again from the resolved config, and the
// state of its checkpoints.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "registry/registry.h"
#include "runner/cli/checked.h"
#include "runner/cli/execute.h"
#include "runner/store/record.h"
#include "runner/store/summary.h"

namespace assay::cli {

struct RecordedRun {
  store::RunSummary summary;
  store::Record record;

  const std::string& folder() const { return summary.folder; }
  /// The folder with all runs.
  std::string runs_dir() const;
  /// Its id without the suffix of a further run.
  std::string identity() const;
  bool is_fast() const;
};

/// What `text` means, as store::find_run takes it.
RecordedRun get_recorded(const std::string& runs_dir, const std::string& text);

/// The experiment, as the run's config says it, with these overrides. The registry has the run's plugins
/// already. Throws Kind::config if this build does not read it as an experiment.
LoadedConfig recorded_config(const RecordedRun& run, const Registry& registry,
                             const std::vector<std::string>& overrides = {});

/// Which of these files are not what the run was begun with, one problem each; the last says what to do.
std::vector<Problem> other_data(const RecordedRun& run, const std::vector<DataFile>& files);

/// The experiment, checked, with data of the same digests. Points into the registry, which gets its plugins.
/// Throws Kind::data if the data are not those of the run, naming the files; Kind::config if this build does
/// not read the config as the experiment that it was.
Checked checked_again(const RecordedRun& run, Registry& registry);

/// The same where other data are no reason to stop: what is not as it was, file by file.
struct Rebuilt {
  Checked plan;
  std::vector<Problem> other_data;
};
Rebuilt rebuilt(const RecordedRun& run, Registry& registry);

/// The newest checkpoint that is kept and counts and for which `is` holds; null if there is none.
const store::CheckpointRow* find_newest(const store::Record& record,
                                        const std::function<bool(const store::CheckpointRow&)>& is);

/// "kept are those of step 15, 20", "none is kept".
std::string kept_text(const store::Record& record);

/// A kept checkpoint by its step, or `last`, `best`, `final`. Throws Kind::usage, naming those that there
/// are.
const store::CheckpointRow& get_checkpoint(const RecordedRun& run, const std::string& which);

/// The checkpoint of a run, as `3f2a@450` or `digits-mlp/3f2a91c0de@best` names it: RUN@STEP, RUN@last,
/// RUN@best or RUN@final. What of its state belongs to parts that `plan` has otherwise is left out, so that
/// they begin anew. Throws Kind::usage if there is no such checkpoint, Kind::config if the data or the size
/// of a step are others: then a step would not be one.
ForkPoint fork_point(const std::string& runs_dir, const std::string& text, const Checked& plan);

/// Of a fork, where it began, without the state. Nothing for other runs.
std::optional<ForkPoint> find_parent(const RecordedRun& run);
/// The state as well. False if that checkpoint is not there any more.
bool load_parent(const RecordedRun& run, const Checked& plan, ForkPoint& parent);

/// Of a fork, where it began, with the state; nothing for other runs. Throws Kind::store, with the hint, if
/// that checkpoint is not there any more.
std::optional<ForkPoint> get_parent(const RecordedRun& run, const Checked& plan, const std::string& hint);

/// The state of a checkpoint and what else a run needs to go on from it. Throws Kind::store if a file is
/// damaged or missing.
ResumePoint resume_point(const RecordedRun& run, const store::CheckpointRow& row);

}  // namespace assay::cli
