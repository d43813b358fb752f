// `assay replay`: the last steps of a run that diverged once more, to see where the numbers broke.
#include <algorithm>
#include <cmath>
#include <deque>
#include <optional>

#include "core/error.h"
#include "core/io/files.h"
#include "core/io/json_text.h"
#include "core/text.h"
#include "registry/contracts/no_record.h"
#include "runner/cli/command.h"
#include "runner/cli/open_engine.h"
#include "runner/cli/plan_text.h"
#include "runner/cli/plugins.h"
#include "runner/cli/problems.h"
#include "runner/cli/progress.h"
#include "runner/cli/recorded.h"
#include "runner/cli/run_text.h"
#include "runner/cli/runs_folder.h"
#include "runner/cli/signals.h"
#include "runner/store/checkpoint_file.h"

namespace assay::cli {
namespace {

constexpr std::size_t shown_losses = 6;

/// A number that is none: where it stands and what it is.
struct Broken {
  std::string where;  // "model/layers.0.weight"
  std::int64_t step = 0;
  std::int64_t count = 0;  // of how many elements that are none
  std::int64_t size = 0;
  double value = 0;  // the first of them
};

std::optional<Broken> find_broken(const State& state, std::int64_t step) {
  for (const StateEntry& entry : state) {
    const bool is_float = entry.view.dtype >= Dtype::f16;
    const bool is_of_training = entry.name.starts_with("model/") || entry.name.starts_with("optimizer/");
    if (!is_float || !is_of_training) continue;
    Broken found{entry.name, step, 0, entry.view.count(), 0};
    for (std::int64_t i = 0; i < found.size; ++i) {
      const double value = element(entry.view, i);
      if (std::isfinite(value)) continue;
      if (found.count++ == 0) found.value = value;
    }
    if (found.count > 0) return found;
  }
  return std::nullopt;
}

/// A record that keeps nothing and looks at every loss and every state.
class LossWatch final : public NoRecord {
 public:
  void log(std::int64_t step, std::int64_t, std::span<const Scalar> row) override {
    for (const Scalar& scalar : row) {
      if (scalar.name == "train/loss") losses.emplace_back(step, scalar.value);
    }
    while (losses.size() > shown_losses) losses.pop_front();
  }
  std::string checkpoint(const CheckpointInfo& info, const State& state) override {
    if (!broken) broken = find_broken(state, info.step);
    return {};
  }
  void note(std::string_view key, Json value) override {
    if (key == "failure") failure = std::move(value);
    if (key == "trace") trace = std::move(value);
  }

  std::deque<std::pair<std::int64_t, double>> losses;  // the last ones: step, value
  std::optional<Broken> broken;
  Json failure;
  Json trace;  // of a step that was repeated from a bundle: see runner/engine/trace.h
};

class Replay final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about =
        "Does the step at which a run diverged once more, from the state that it left (diverged.h5), looking "
        "at "
        "the result of every operation: where the first number appears that is none. Without that state, or "
        "if "
        "a weight was broken before, does the last steps from the newest checkpoint, looking at the loss and "
        "at "
        "all weights after every step: which broke first, after which step, on which rows. Nothing is "
        "written. "
        "Exits with 8 if a number breaks, with 0 if none does.";
    syntax.positional("RUN", run_,
                      "its folder, its id or the beginning of it, or its name if there is one of that name");
    syntax.option("--from", "STEP", from_, "from a kept checkpoint, by its step; 0: the first step");
    runs_.describe(syntax);
    syntax.choice("--format", {"text", "json"}, format_, "text (default) or json");
    syntax.flag("--quiet", is_quiet_, "no progress");
    syntax.example("assay replay 3f2a", "where did it break?");
  }

  int run(Session& session) override {
    const RecordedRun recorded = get_recorded(runs_.path(), run_);
    Registry registry = known_components();
    Checked plan = checked_again(recorded, registry);
    print_problems(session.err, plan.warnings);
    std::optional<ResumePoint> start = bundle_of(recorded);
    const bool is_bundle = start.has_value();
    if (!is_bundle) start = start_of(recorded);
    const std::unique_ptr<Engine> engine = open_engine(plan.parts, plan.plugins);

    const StopOnSignal stop;
    LossWatch watch;
    const Outcome outcome = train(session, *engine, plan, watch, start, is_bundle, stop.flag());
    if (outcome.status == Outcome::Status::stopped) return exit_code(Kind::stopped);
    const bool is_broken = outcome.status == Outcome::Status::failed;
    session.out.write(format_ == "json" ? to_text(json_of(watch, outcome), 2) + '\n'
                                        : text_of(recorded, watch, outcome, session.out));
    return is_broken ? exit_code(Kind::verdict) : 0;
  }

 private:
  /// The state before the step that failed, if the run left it and its weights were whole.
  std::optional<ResumePoint> bundle_of(const RecordedRun& run) const {
    const std::string file = join_path(run.folder(), text("a.", run.record.attempt, "/diverged.h5"));
    if (!from_.empty() || !exists(file)) return std::nullopt;
    ResumePoint point;
    point.state = store::read_untrusted_checkpoint(file);
    point.is_fork = true;  // it has no rows of its own
    if (find_broken(point.state, 0)) return std::nullopt;
    return point;
  }

  std::optional<ResumePoint> start_of(const RecordedRun& run) const {
    if (from_ == "0") return std::nullopt;
    if (!from_.empty()) return resume_point(run, get_checkpoint(run, from_));
    const store::CheckpointRow* newest = run.record.latest("last");
    if (newest == nullptr) return std::nullopt;
    return resume_point(run, *newest);
  }

  /// Every step is logged and offered as a checkpoint, which changes no weight.
  Outcome train(Session& session, Engine& engine, Checked& plan, Recorder& watch,
                std::optional<ResumePoint>& start, bool is_bundle, const std::atomic<bool>& stop) const {
    Experiment& experiment = plan.config.experiment;
    experiment.checkpoint.every = {1, Duration::Unit::steps};
    experiment.train.log_every = {1, Duration::Unit::steps};
    experiment.train.on_divergence = "fail";
    Silence silence;
    std::optional<Progress> progress;
    const std::int64_t first = start ? StateReader(start->state).integer("position/step") : 0;
    if (!is_quiet_) progress.emplace(session.err, stop, first, 0);
    Listener& listener = is_quiet_ ? static_cast<Listener&>(silence) : *progress;
    TrainJob job{experiment, plan.prepared, plan.parts, watch, listener};
    job.stop = &stop;
    job.is_traced = is_bundle;
    job.resume = start ? &*start : nullptr;
    return engine.train(job);
  }

  static std::string losses_text(const LossWatch& watch) {
    std::vector<std::string> values;
    for (const auto& [step, value] : watch.losses) values.push_back(metric_text(value));
    const std::string steps = watch.losses.empty() ? std::string()
                                                   : text(" (steps ", watch.losses.front().first, " to ",
                                                          watch.losses.back().first, ')');
    return join(values, ", ") + steps;
  }

  /// "12, 55, 7, ... (64 rows)"
  static std::string rows_text(const Json& rows) {
    std::vector<std::string> first;
    for (const Json& row : rows.items()) {
      if (first.size() < 8) first.push_back(text(row.integer()));
    }
    const auto count = static_cast<std::int64_t>(rows.items().size());
    const bool is_all = first.size() == rows.items().size();
    return text(join(first, ", "), is_all ? "" : ", ...", " (", count_text(count, "row"), ')');
  }

  /// "aten::log, step 131, forward of model/mlp, x [64, 64]; the last parameter before it is layers.1.weight"
  static std::string trace_text(const Json& trace) {
    std::string out = trace.find("where")->text();
    if (const Json* during = trace.find("during")) out += text(", ", during->text());
    if (const Json* parameter = trace.find("parameter"))
      out += text("; the last parameter before it is ", parameter->text());
    return out;
  }

  std::string text_of(const RecordedRun& run, const LossWatch& watch, const Outcome& outcome,
                      const Output& out) const {
    Facts facts;
    const bool is_broken = outcome.status == Outcome::Status::failed;
    if (is_broken) facts.emplace_back("cause", cause_and_hint(outcome.message).first);
    if (!watch.trace.is_null()) {
      facts.emplace_back("first", trace_text(watch.trace));
    } else if (watch.broken) {
      const Broken& one = *watch.broken;
      facts.emplace_back("first", text(one.where, " after step ", one.step, ": ", one.count, " of ",
                                       count_text(one.size, "number"), ", the first ", one.value));
    } else if (is_broken) {
      facts.emplace_back("first", "the loss: all weights before that step are finite");
    }
    if (!watch.losses.empty()) facts.emplace_back("train/loss", losses_text(watch));
    const Json* rows = watch.failure.find("rows");
    if (rows != nullptr) facts.emplace_back("rows", rows_text(*rows));
    const std::string verdict =
        is_broken ? out.paint(Style::red, "broken") : out.paint(Style::green, "whole");
    return text(verdict, "  ", run_name(run.summary), ", up to step ", outcome.step, '\n',
                facts_text(facts, out));
  }

  static Json json_of(const LossWatch& watch, const Outcome& outcome) {
    Json json = Json::map();
    json.set("is_broken", outcome.status == Outcome::Status::failed);
    json.set("step", outcome.step);
    json.set("failure", watch.failure);
    if (!watch.trace.is_null()) json.set("trace", watch.trace);
    if (watch.broken) {
      json.set("first", Json(Json::Map{{"where", watch.broken->where},
                                       {"step", watch.broken->step},
                                       {"count", watch.broken->count},
                                       {"size", watch.broken->size},
                                       {"value", number_text(watch.broken->value)}}));
    }
    Json losses = Json::list();
    for (const auto& [step, value] : watch.losses)
      losses.push(Json(Json::Map{{"step", step}, {"value", number_text(value)}}));
    json.set("losses", std::move(losses));
    return json;
  }

  std::string run_;
  std::string from_;
  std::string format_ = "text";
  RunsFolder runs_;
  bool is_quiet_ = false;
};

}  // namespace

std::unique_ptr<Command> make_replay() { return std::make_unique<Replay>(); }

}  // namespace assay::cli
