// `assay verify`: does a run again and says whether the numbers are the same.
#include <algorithm>
#include <optional>

#include "core/error.h"
#include "core/io/json_text.h"
#include "core/text.h"
#include "runner/cli/changes.h"
#include "runner/cli/command.h"
#include "runner/cli/environment.h"
#include "runner/cli/exact_text.h"
#include "runner/cli/open_engine.h"
#include "runner/cli/plugins.h"
#include "runner/cli/problems.h"
#include "runner/cli/progress.h"
#include "runner/cli/ranks.h"
#include "runner/cli/recorded.h"
#include "runner/cli/run_text.h"
#include "runner/cli/runs_folder.h"
#include "runner/cli/signals.h"
#include "runner/cli/verification.h"

namespace assay::cli {
namespace {

std::optional<std::int64_t> find_number(const std::string& option, const std::string& written) {
  if (written.empty()) return std::nullopt;
  const std::optional<std::int64_t> number = parse_integer(written);
  if (number && *number >= 0) return number;
  throw Error(Kind::usage, text(option, " is '", written, "', no number of steps"), "write it as 100");
}

class Verify final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about =
        "Does a run again, from its record alone, and compares every row, the weights after every epoch and "
        "the "
        "checkpoints that are kept, bit for bit, while it trains; nothing is written. Says `identical`, "
        "`within "
        "tolerance`, or the first step and number or tensor that differs. Exits with 0, or with 8 if "
        "something "
        "differs.";
    syntax.positional("RUN", run_,
                      "its folder, its id or the beginning of it, or its name if there is one of that name");
    syntax.option("--from", "STEP", from_,
                  "begin with a kept checkpoint, by its step, instead of at the first step");
    syntax.option("--steps", "N", steps_, "so many steps instead of to the end");
    syntax.option("--tolerance", "X", tolerance_, "numbers may differ by so much (default 0)");
    syntax.option("--against", "RUN2", against_, "train nothing: compare with the record of another run");
    runs_.describe(syntax);
    syntax.choice("--format", {"text", "json"}, format_, "text (default) or json");
    syntax.flag("--quiet", is_quiet_, "no progress");
    syntax.example("assay verify 3f2a", "the same numbers again?");
    syntax.example("assay verify 3f2a --from 400 --steps 50", "fifty steps after a checkpoint");
    syntax.example("assay verify 3f2a --against 91c0", "two records");
  }

  int run(Session& session) override {
    const RecordedRun recorded = get_recorded(runs_.path(), run_);
    if (!against_.empty()) return compare_records(session, recorded);
    refuse_several_processes(recorded);
    Registry registry = known_components();
    Checked plan = checked_again(recorded, registry);
    print_problems(session.err, plan.warnings);
    std::optional<ResumePoint> start = start_of(recorded, plan);
    const Verification::Limits limits = limits_of(recorded, start ? step_of(*start) : 0);

    const std::unique_ptr<Engine> engine = open_engine(plan.parts, plan.plugins);
    const StopOnSignal stop;
    Silence silence;
    std::optional<Progress> progress;
    if (!is_quiet_) progress.emplace(session.err, stop.flag(), start ? step_of(*start) : 0, 0);
    Listener& listener = is_quiet_ ? static_cast<Listener&>(silence) : *progress;
    Verification again(recorded, limits, listener, stop.flag());
    const Outcome outcome = train(*engine, plan, again, start);
    progress.reset();
    if (stop.flag()) return stopped(session, again);
    return verdict(session, recorded, plan, again, outcome);
  }

 private:
  static std::int64_t step_of(const ResumePoint& point) {
    return StateReader(point.state).integer("position/step");
  }

  std::optional<ResumePoint> start_of(const RecordedRun& run, const Checked& plan) const {
    if (const auto step = find_number("--from", from_))
      return resume_point(run, get_checkpoint(run, text(*step)));
    std::optional<ForkPoint> parent = get_parent(run, plan, "--from begins with a checkpoint of its own");
    return parent ? std::move(parent->point) : std::nullopt;
  }

  Verification::Limits limits_of(const RecordedRun& run, std::int64_t first_step) const {
    Verification::Limits limits;
    limits.tolerance = tolerance_of(tolerance_).value_or(0);
    const bool is_over = run.record.latest("final") != nullptr;
    if (!is_over) limits.last_step = run.record.step;
    if (const auto steps = find_number("--steps", steps_)) {
      limits.last_step = std::min(limits.last_step, first_step + *steps);
    }
    return limits;
  }

  /// Checkpoints are offered at every step, so that those that were kept can be compared; none is written.
  static Outcome train(Engine& engine, Checked& plan, Verification& again,
                       std::optional<ResumePoint>& start) {
    Experiment& experiment = plan.config.experiment;
    experiment.checkpoint.every = {1, Duration::Unit::steps};
    TrainJob job{experiment, plan.prepared, plan.parts, again, again};
    job.stop = &again.stop();
    job.resume = start ? &*start : nullptr;
    return engine.train(job);
  }

  int compare_records(Session& session, const RecordedRun& recorded) const {
    const RecordedRun other = get_recorded(runs_.path(), against_);
    const store::ExactComparison compared = store::compare_exactly(recorded.folder(), other.folder());
    session.out.write(format_ == "json" ? to_text(cli::to_json(compared), 2) + '\n'
                                        : exact_text(compared, run_, against_, session.out));
    return compared.is_identical() ? 0 : exit_code(Kind::verdict);
  }

  /// Sums of one process are others than those of several, in their last bits.
  static void refuse_several_processes(const RecordedRun& recorded) {
    const int processes = processes_of(recorded.record.begin.environment);
    if (processes == 1) return;
    throw Error(
        Kind::usage,
        Problem{Where::path(recorded.folder()),
                {},
                text("was trained by ", processes, " processes, and verify trains with one"),
                text("repeat it with `run --new --nproc ", processes, "`, and compare with --against")});
  }

  static int stopped(Session& session, const Verification& again) {
    session.err.write(text("stopped at step ", again.compared().step, "; nothing differed until then\n"));
    return exit_code(Kind::stopped);
  }

  int verdict(Session& session, const RecordedRun& recorded, const Checked& plan, const Verification& again,
              const Outcome& outcome) const {
    const bool has_failed =
        outcome.status == Outcome::Status::failed && recorded.summary.state != store::RunState::failed;
    if (has_failed) throw Error(Kind::run, "the run failed this time: " + outcome.message);
    const bool is_same = !again.is_beyond();
    session.out.write(format_ == "json" ? to_text(json_of(again), 2) + '\n'
                                        : text_of(recorded, again, session.out));
    if (!is_same) say_what_changed(session, recorded, plan);
    return is_same ? 0 : exit_code(Kind::verdict);
  }

  static std::string verdict_word(const Verification& again) {
    if (again.is_beyond()) return "different";
    return again.differences().empty() ? "identical" : "within tolerance";
  }

  static std::string compared_text(const Verification& again) {
    const Verification::Compared& done = again.compared();
    const std::string arrays = done.arrays == 0 ? "" : ", " + count_text(done.arrays, "array");
    return text(count_text(done.rows, "number"), arrays, ", the weights after ",
                count_text(done.epochs, "epoch"), " and ", count_text(done.checkpoints, "checkpoint"),
                ", up to step ", done.step);
  }

  std::string text_of(const RecordedRun& recorded, const Verification& again, const Output& out) const {
    const Style style = again.is_beyond() ? Style::red : Style::green;
    return text(out.paint(style, verdict_word(again)), "  ", run_name(recorded.summary), "\n  ",
                compared_text(again), '\n', differences_text(again.differences(), "recorded", "now", out));
  }

  static Json json_of(const Verification& again) {
    const Verification::Compared& done = again.compared();
    return Json(Json::Map{{"verdict", verdict_word(again)},
                          {"rows", done.rows},
                          {"arrays", done.arrays},
                          {"epochs", done.epochs},
                          {"checkpoints", done.checkpoints},
                          {"step", done.step},
                          {"differences", differences_json(again.differences())}});
  }

  /// The first thing to look at.
  static void say_what_changed(Session& session, const RecordedRun& recorded, const Checked& plan) {
    for (const std::string& change : changes(recorded.record.begin.environment, environment(plan.plugins)))
      session.err.write("  changed since: " + change + '\n');
  }

  std::string run_;
  std::string from_;
  std::string steps_;
  std::string tolerance_;
  std::string against_;
  std::string format_ = "text";
  RunsFolder runs_;
  bool is_quiet_ = false;
};

}  // namespace

std::unique_ptr<Command> make_verify() { return std::make_unique<Verify>(); }

}  // namespace assay::cli
