#include "runner/cli/recorded.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <utility>
#include <vector>

#include <stdlib.h>

#include "core/error.h"
#include "core/io/files.h"
#include "core/text.h"
#include "runner/cli/plugins.h"
#include "runner/cli/run_text.h"
#include "runner/cli/shipped_data.h"
#include "runner/cli/speed.h"
#include "runner/config/to_yaml.h"
#include "runner/prepare/prepare.h"
#include "runner/store/checkpoint_file.h"
#include "runner/store/read_record.h"
#include "runner/store/run_index.h"

namespace assay::cli {
namespace {

/// A folder of our own that goes away at the end of the scope.
class ScratchFolder {
 public:
  ScratchFolder() : path_((std::filesystem::temp_directory_path() / "assay-XXXXXX").string()) {
    if (mkdtemp(path_.data()) == nullptr) {
      throw Error(Kind::store,
                  Problem{Where::path(path_), {}, "no temporary folder could be made", "set TMPDIR"});
    }
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

const store::CheckpointRow* find_of_step(const store::Record& record, std::int64_t step) {
  return find_newest(record, [&](const store::CheckpointRow& row) { return row.step == step; });
}

std::optional<std::int64_t> find_step(const store::Record& record, const std::string& which) {
  if (const auto step = parse_integer(which)) return step;
  const store::CheckpointRow* row = record.latest(which);
  return row == nullptr ? std::nullopt : std::optional(row->step);
}

bool differs(const Json& a, const Json& b, std::string_view path) {
  const Json* in_a = a.find_path(path);
  const Json* in_b = b.find_path(path);
  return (in_a == nullptr) != (in_b == nullptr) || (in_a != nullptr && !(*in_a == *in_b));
}

void require_same_steps(const Json& parent, const Json& child) {
  std::vector<Problem> problems;
  for (const char* key : {"dataset", "train.batch_size", "train.drop_last"}) {
    if (differs(parent, child, key))
      problems.push_back({{}, key, "is not that of the run which is forked", {}});
  }
  if (!problems.empty())
    problems.back().hint = "a fork goes on in the middle: its steps must be those of its parent";
  throw_if_any(Kind::config, problems);
}

/// What belongs to parts that the child has otherwise; and its parent's end and best weights are not its own.
void leave_out(State& state, const Json& parent, const Json& child) {
  std::vector<std::string> out{"end/", "best/"};
  const auto add = [&](const char* key, const char* section) {
    if (differs(parent, child, key)) out.emplace_back(section);
  };
  add("optimizer.type", "optimizer/");
  add("schedule.type", "schedule/");
  add("observers", "observers/");
  add("metrics", "interval/");
  add("loss", "interval/");
  std::erase_if(state, [&](const StateEntry& entry) {
    return std::any_of(out.begin(), out.end(),
                       [&](const std::string& s) { return entry.name.starts_with(s); });
  });
}

std::vector<Scalar> latest_until(const store::Record& record, std::int64_t step) {
  store::Record until;
  for (const auto& [key, series] : record.series) {
    store::Series kept{series.name, series.order, {}, {}, {}, {}};
    for (std::size_t i = 0; i < series.step.size() && series.step[i] <= step; ++i) {
      kept.step.push_back(series.step[i]);
      kept.value.push_back(series.value[i]);
    }
    if (!kept.step.empty()) until.series.emplace(key, std::move(kept));
  }
  return store::latest_values(until);
}

}  // namespace

std::string RecordedRun::runs_dir() const { return parent_folder(parent_folder(folder())); }

std::string RecordedRun::identity() const { return record.id.substr(0, record.id.find('.')); }

bool RecordedRun::is_fast() const {
  const std::vector<std::string>& tags = record.begin.tags;
  return std::find(tags.begin(), tags.end(), "fast") != tags.end();
}

RecordedRun get_recorded(const std::string& runs_dir, const std::string& name) {
  RecordedRun run{store::find_run(runs_dir, name), {}};
  run.record = store::read_record(run.folder());
  return run;
}

// The pipeline reads files: a resolved config is one, said in full.
LoadedConfig recorded_config(const RecordedRun& run, const Registry& registry,
                             const std::vector<std::string>& overrides) {
  const ScratchFolder folder;
  const std::string file = join_path(folder.path(), run.summary.id + ".yaml");
  publish(file, to_yaml(run.record.begin.resolved));
  LoadedConfig config = load_config({.file = file, .overrides = overrides}, registry);
  if (overrides.empty()) config.resolved = run.record.begin.resolved;
  config.provenance = run.record.begin.provenance;
  config.sources.clear();
  for (const store::SourceText& source : run.record.begin.sources)
    config.sources.push_back({source.file, source.text});
  return config;
}

std::vector<Problem> other_data(const RecordedRun& run, const std::vector<DataFile>& files) {
  std::vector<store::DataFile> left = run.record.begin.data;
  std::vector<Problem> problems;
  for (const DataFile& file : files) {
    const auto known = std::find_if(left.begin(), left.end(),
                                    [&](const store::DataFile& one) { return one.sha256 == file.sha256; });
    if (known != left.end()) {
      left.erase(known);
      continue;
    }
    problems.push_back({Where::path(file.path),
                        {},
                        text("is not what the run was begun with: sha256 ", file.sha256.substr(0, 12), "..."),
                        {}});
  }
  // Of `init_from`: what a checkpoint begins with is in it.
  const Json* weights = run.record.begin.resolved.find_path("init_from.file");
  for (const store::DataFile& file : left) {
    if (weights != nullptr && weights->is_text() && file.path.starts_with(weights->text())) continue;
    problems.push_back(
        {Where::path(file.path),
         {},
         text("the run was begun with this file, of sha256 ", file.sha256.substr(0, 12), "..."),
         {}});
  }
  if (!problems.empty())
    problems.back().hint = "ASSAY_DATA, or dataset.root in the config, say where data lies";
  return problems;
}

const store::CheckpointRow* find_newest(const store::Record& record,
                                        const std::function<bool(const store::CheckpointRow&)>& is) {
  const auto found = std::find_if(
      record.checkpoints.rbegin(), record.checkpoints.rend(),
      [&](const store::CheckpointRow& row) { return row.is_kept && !row.is_superseded && is(row); });
  return found == record.checkpoints.rend() ? nullptr : &*found;
}

std::string kept_text(const store::Record& record) {
  std::vector<std::string> steps;
  for (const store::CheckpointRow& row : record.checkpoints) {
    if (row.is_kept && !row.is_superseded) steps.push_back(text(row.step));
  }
  return steps.empty() ? "none is kept" : "kept are those of step " + join(steps, ", ");
}

const store::CheckpointRow& get_checkpoint(const RecordedRun& run, const std::string& which) {
  const std::optional<std::int64_t> step = find_step(run.record, which);
  const store::CheckpointRow* found = step ? find_of_step(run.record, *step) : nullptr;
  if (found != nullptr) return *found;
  throw Error(Kind::usage, text("run ", run_name(run.summary), " has no checkpoint ", which),
              text(kept_text(run.record), "; `", run_name(run.summary), "@last` is the newest"));
}

Rebuilt rebuilt(const RecordedRun& run, Registry& registry) {
  load_recorded_plugins(run.record, registry);
  LoadedConfig config = recorded_config(run, registry);
  take_recorded_speed(run.record, config.experiment);
  Implementations parts = known_parts(registry);
  std::vector<Problem> warnings = config.warnings;
  Prepared prepared =
      checked_data(config, registry, parts, data_roots(config.experiment, shipped_data()), warnings);
  std::vector<Problem> other = other_data(run, prepared.files);
  return {{std::move(config), std::move(parts), std::move(prepared), std::move(warnings), registry.plugins()},
          std::move(other)};
}

Checked checked_again(const RecordedRun& run, Registry& registry) {
  Rebuilt again = rebuilt(run, registry);
  throw_if_any(Kind::data, again.other_data);
  return std::move(again.plan);
}

ResumePoint resume_point(const RecordedRun& run, const store::CheckpointRow& row) {
  const auto read = [&](const store::CheckpointRow& one) {
    return store::read_checkpoint(join_path(run.folder(), one.file), one.digest);
  };
  ResumePoint point;
  point.state = read(row);
  const StateReader state(point.state);
  const std::int64_t best_step = state.has("best/step") ? state.integer("best/step") : row.step;
  const store::CheckpointRow* best = find_of_step(run.record, best_step);
  if (best_step != row.step && best != nullptr) point.best = read(*best);
  point.latest = latest_until(run.record, row.step);
  point.seconds = row.seconds;
  return point;
}

ForkPoint fork_point(const std::string& runs_dir, const std::string& name, const Checked& plan) {
  const std::size_t at = name.rfind('@');
  if (at == std::string::npos || at == 0 || at + 1 == name.size()) {
    throw Error(Kind::usage, text("'", name, "' names no checkpoint"),
                "write RUN@STEP, RUN@last or RUN@best, as 3f2a@450");
  }
  const RecordedRun parent = get_recorded(runs_dir, name.substr(0, at));
  const store::CheckpointRow& row = get_checkpoint(parent, name.substr(at + 1));
  const Json& resolved = parent.record.begin.resolved;
  require_same_steps(resolved, plan.config.resolved);
  ForkPoint fork{text(parent.summary.name, '/', parent.summary.id), row.step, row.digest,
                 resume_point(parent, row)};
  leave_out(fork.point->state, resolved, plan.config.resolved);
  fork.point->is_fork = true;
  return fork;
}

std::optional<ForkPoint> find_parent(const RecordedRun& run) {
  const Json* parent = run.record.begin.environment.find("parent");
  if (parent == nullptr) return std::nullopt;
  return ForkPoint{parent->find("run")->text(), parent->find("step")->integer(),
                   parent->find("digest")->text(), std::nullopt};
}

std::optional<ForkPoint> get_parent(const RecordedRun& run, const Checked& plan, const std::string& hint) {
  std::optional<ForkPoint> parent = find_parent(run);
  if (!parent || load_parent(run, plan, *parent)) return parent;
  throw Error(Kind::store, text("the run is a fork of ", parent->run, '@', parent->step, ", which is gone"),
              hint);
}

bool load_parent(const RecordedRun& run, const Checked& plan, ForkPoint& parent) {
  try {
    ForkPoint found = fork_point(run.runs_dir(), text(parent.run, '@', parent.step), plan);
    if (found.digest != parent.digest) return false;
    parent.point = std::move(found.point);
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace assay::cli
