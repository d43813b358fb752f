#include "runner/cli/trained.h"

#include <any>
#include <utility>

#include "core/error.h"
#include "core/io/files.h"
#include "core/text.h"
#include "registry/contracts/dataset.h"
#include "runner/cli/changes.h"
#include "runner/cli/environment.h"
#include "runner/cli/open_engine.h"
#include "runner/cli/plugins.h"
#include "runner/cli/run_text.h"
#include "runner/cli/shipped_data.h"
#include "runner/cli/speed.h"
#include "runner/config/provenance.h"
#include "runner/config/secrets.h"
#include "runner/prepare/prepare.h"
#include "runner/prepare/trained_model.h"
#include "runner/store/checkpoint_file.h"

namespace assay::cli {
namespace {

using store::CheckpointRow;

const CheckpointRow* find_best(const store::Record& record) {
  return find_newest(record, [](const CheckpointRow& row) { return row.is_best; });
}

const CheckpointRow* find_last(const store::Record& record) {
  return find_newest(record, [](const CheckpointRow&) { return true; });
}

[[noreturn]] void fail_without_any(const RecordedRun& run) {
  const std::string name = run_name(run.summary);
  throw Error(Kind::usage, text("run ", name, " has no checkpoint: there are no weights"),
              run.summary.state == store::RunState::running
                  ? "it is running: wait for its first (`checkpoint.every`)"
                  : text("`assay resume ", name, "` goes on with it"));
}

/// Keys of a data set that belong to the checkpoint, not to the data.
bool belongs_to_checkpoint(std::string_view key) {
  const std::string_view first = key.substr(0, key.find_first_of(".[+"));
  return first == "transforms" || first == "targets" || first == "augment";
}

std::vector<std::string> overrides_of(const OtherData& other) {
  std::vector<std::string> overrides;
  for (const std::string& word : other.overrides) {
    const std::string key = word.substr(0, word.find('='));
    if (belongs_to_checkpoint(key)) {
      throw Error(
          Kind::usage, text("--data ", printable(word), ": transforms are those of the checkpoint"),
          "other data is transformed as that was which the model learned from; train a run of its own "
          "for other transforms");
    }
    overrides.push_back("dataset." + word);
  }
  return overrides;
}

void require_reader(const Slot<Dataset>& slot) {
  const auto* facet = std::any_cast<DatasetFacet>(&slot.component().facet);
  if (facet != nullptr && facet->reads_input) return;
  throw Error(Kind::usage, text("data set ", slot.name(), " reads no file or folder that it is given"),
              "train with one that does: `assay list dataset` shows csv, npy, hdf5, image_folder and others");
}

void require_predictable(const Slot<Dataset>& slot) {
  const auto* facet = std::any_cast<DatasetFacet>(&slot.component().facet);
  const Task::Kind kind = facet == nullptr ? Task::Kind::custom : facet->outline(slot.params()).task;
  if (kind == Task::Kind::classification || kind == Task::Kind::regression) return;
  throw Error(Kind::usage,
              text("the run is a ", kind == Task::Kind::language_model ? "language model" : to_string(kind),
                   ": only classes and values are predicted row by row"),
              "`assay eval` judges it");
}

/// The config was read from a file that is gone: its lines say nothing to anybody.
void forget_places(std::vector<Problem>& problems) {
  for (Problem& problem : problems) {
    const Where& where = problem.where;
    if (where.kind != Where::Kind::file || where.line == 0 || exists(std::string(where.name()))) continue;
    problem.where = {};
    if (problem.path.empty()) problem.path = "dataset";
  }
}

Prepared prepared_for(const Trained& trained, const RecordedRun& run, const OtherData& other,
                      const Registry& registry, std::vector<Problem>& warnings) {
  const Experiment& experiment = trained.config.experiment;
  std::vector<Problem> problems = missing_secrets(trained.config, registry);
  throw_if_any(Kind::config, problems);
  try {
    const TrainedOn on{trained.state, other.is_given(), other.input, other.is_labelled, other.is_split};
    Prepared prepared =
        prepare_for_trained(experiment, trained.parts, data_roots(experiment, shipped_data()), on, warnings);
    if (!other.is_given()) throw_if_any(Kind::data, other_data(run, prepared.files));
    forget_places(warnings);
    return prepared;
  } catch (const Error& error) {
    problems = error.problems();
    forget_places(problems);
    if (!other.is_given() && error.kind() == Kind::data)
      problems.back().notes.emplace_back("the run was begun with these data; --data judges others");
    throw Error(error.kind(), std::move(problems));
  }
}

State read_state(const RecordedRun& run, const CheckpointRow& row) {
  const std::string path = join_path(run.folder(), row.file);
  if (exists(path)) return store::read_checkpoint(path, row.digest);
  throw Error(Kind::store, Problem{Where::path(path),
                                   {},
                                   text("is missing: the checkpoint of step ", row.step),
                                   text("--weights takes another: ", kept_text(run.record))});
}

/// Of the programs and plugins that the run was made with.
std::vector<std::string> changed_programs(const RecordedRun& run, const Trained& trained) {
  std::vector<std::string> changed;
  for (std::string& change : changes(run.record.begin.environment, environment(trained.plugins))) {
    if (change.starts_with("programs.") || change.starts_with("libraries."))
      changed.push_back("changed since: " + std::move(change));
  }
  return changed;
}

}  // namespace

void TrainedArguments::describe_run(Syntax& syntax) {
  syntax.positional("RUN", run_,
                    "its folder, its id or the beginning of it, or its name if there is one of that name");
}

void TrainedArguments::describe_options(Syntax& syntax) {
  describe_weights(syntax);
  syntax.option("--device", "DEVICE", device_, "auto, cpu, cuda or cuda:N (default: the run's)");
}

void TrainedArguments::describe_weights(Syntax& syntax) {
  syntax.option("--weights", "WHICH", weights_,
                "best, last, or the step of a checkpoint that is kept (default: best if there is one)");
  runs_.describe(syntax);
}

const CheckpointRow& TrainedArguments::get_checkpoint(const RecordedRun& run) const {
  const store::Record& record = run.record;
  const CheckpointRow* last = find_last(record);
  const CheckpointRow* best = find_best(record);
  if (last == nullptr) fail_without_any(run);
  if (weights_.empty()) return best != nullptr ? *best : *last;
  if (weights_ == "last") return *last;
  const std::string name = run_name(run.summary);
  if (weights_ == "best") {
    if (best != nullptr) return *best;
    throw Error(Kind::usage, text("run ", name, " has no best checkpoint"),
                "which one is best is decided by `checkpoint.keep_best` while it trains; `--weights last` "
                "takes the newest");
  }
  const auto step = parse_integer(weights_);
  if (!step)
    throw Error(Kind::usage, text("--weights is '", printable(weights_), "'"),
                "write best, last or the step of a checkpoint; " + kept_text(record));
  const CheckpointRow* found =
      find_newest(record, [&](const CheckpointRow& row) { return row.step == *step; });
  if (found != nullptr) return *found;
  throw Error(Kind::usage, text("run ", name, " has no checkpoint of step ", *step), kept_text(record));
}

Trained load_trained(const RecordedRun& run, const TrainedArguments& arguments, const OtherData& other,
                     Registry& registry) {
  Trained trained;
  trained.checkpoint = arguments.get_checkpoint(run);
  load_recorded_plugins(run.record, registry);
  trained.config = recorded_config(run, registry, overrides_of(other));
  Experiment& experiment = trained.config.experiment;
  if (!other.is_labelled) require_predictable(experiment.dataset);
  if (!other.input.empty()) require_reader(experiment.dataset);
  take_recorded_speed(run.record, experiment);
  if (experiment.threads.is_auto()) experiment.threads.count = 1;
  if (experiment.train.memory_format == "auto") experiment.train.memory_format = "contiguous";
  if (!arguments.device().empty()) experiment.device = arguments.device();
  trained.parts = known_parts(registry);
  trained.plugins = registry.plugins();
  trained.state = read_state(run, trained.checkpoint);
  trained.prepared = prepared_for(trained, run, other, registry, trained.warnings);
  return trained;
}

Trained load_trained_model(const RecordedRun& run, const TrainedArguments& arguments, Registry& registry) {
  Trained trained;
  trained.checkpoint = arguments.get_checkpoint(run);
  load_recorded_plugins(run.record, registry);
  trained.config = recorded_config(run, registry);
  trained.parts = known_parts(registry);
  trained.state = read_state(run, trained.checkpoint);
  trained.prepared = prepare_trained_model(trained.config.experiment, trained.parts, trained.state);
  return trained;
}

void with_engine(const RecordedRun& run, Trained& trained, const std::function<void(Engine& engine)>& work) {
  const std::unique_ptr<Engine> engine = open_engine(trained.parts, trained.plugins);
  try {
    work(*engine);
  } catch (const Error& error) {
    if (error.kind() != Kind::store) throw;
    std::vector<Problem> problems = error.problems();
    problems.back().notes = changed_programs(run, trained);
    throw Error(error.kind(), std::move(problems));
  }
}

std::string weights_text(const CheckpointRow& checkpoint, bool are_averaged) {
  const std::string_view kind = checkpoint.is_best ? "best, " : checkpoint.is_final ? "last, " : "";
  return text(kind, "step ", checkpoint.step, are_averaged ? ", averaged (train.ema)" : "");
}

}  // namespace assay::cli
