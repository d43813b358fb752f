// `assay reproduce`: a published experiment against what was published, or a recorded run once more, as a run
// of its own, against its record.
#include <optional>

#include "core/error.h"
#include "core/io/files.h"
#include "core/io/json_text.h"
#include "core/text.h"
#include "runner/cli/changes.h"
#include "runner/cli/command.h"
#include "runner/cli/exact_text.h"
#include "runner/cli/execute.h"
#include "runner/cli/plugins.h"
#include "runner/cli/problems.h"
#include "runner/cli/recorded.h"
#include "runner/cli/reproduce_experiment.h"
#include "runner/cli/run_text.h"
#include "runner/cli/runs_folder.h"
#include "runner/cli/seed_spread.h"
#include "runner/cli/shipped_data.h"
#include "runner/reproduce/expected.h"
#include "runner/store/exact_diff.h"
#include "runner/store/read_record.h"
#include "runner/store/run_index.h"

namespace assay::cli {
namespace {

/// What the two records say of each other.
struct Judgement {
  std::string verdict;
  bool is_yes = false;
  store::ExactComparison compared;
  std::vector<SpreadRow> spread;  // only where it was asked
};

Judgement judge(const RecordedRun& then, const store::RunSummary& now, std::optional<double> tolerance) {
  Judgement out{"different", false, store::compare_exactly(then.folder(), now.folder), {}};
  if (out.compared.is_identical()) {
    out.verdict = "identical";
  } else if (tolerance) {
    if (out.compared.is_within(*tolerance)) out.verdict = "within tolerance";
  } else {
    out.spread = seed_spread(then, now);
    if (all_within(out.spread)) out.verdict = "within spread";
  }
  out.is_yes = out.verdict != "different";
  return out;
}

class Reproduce final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about =
        "Of an experiment, a folder with a config and the numbers that were published (expected.yaml): runs "
        "it, or goes on "
        "where it was stopped, and says of each number whether ours agrees, within the tolerance that the "
        "folder states. The "
        "verdict is also written as Markdown and JSON, in the folder of the experiment's name among the "
        "runs. Exits with 8 "
        "unless all agree. "
        "Of a run: trains it anew, from its record alone, as a further run that names the one it repeats, "
        "and compares both "
        "records. First it names whatever is not as it was: code, libraries, machine, data. Then it says "
        "`identical`; `within "
        "tolerance`, if no number differs by more than --tolerance; `within spread`, if the results lie "
        "within two standard "
        "deviations of those of the same config with other seeds (three and more, in the folder of the run); "
        "or `different`, "
        "with the first step and series that differ. Exits with 8 if they are different.";
    syntax.optional_positional(
        "WHAT", what_,
        "an experiment's folder; or a run: its folder, its id or the beginning of it, or its name if "
        "there is one of that name");
    syntax.flag("--all", is_all_,
                "all experiments in the folder WHAT (default: ./experiments, else those that ship)");
    syntax.flag("--quick", is_quick_,
                "of experiments: much shorter runs, to see that all works; judges nothing");
    syntax.option("--workers", "N", workers_,
                  "of experiments: trials at a time (default: as many as there are processors)");
    syntax.option("--tolerance", "X", tolerance_, "of a run: numbers may differ by so much");
    runs_.describe(syntax);
    syntax.flag("--strict", is_strict_, "of a run: refuse if code, libraries, machine or data changed");
    syntax.choice("--format", {"text", "json"}, format_, "text (default) or json");
    syntax.flag("--quiet", is_quiet_, "no progress");
    syntax.example("assay reproduce experiments/libtorch-mnist", "does it come to what was published?");
    syntax.example("assay reproduce --all --quick", "do all experiments work here?");
    syntax.example("assay reproduce 3f2a", "does a run come out again?");
    syntax.example("assay reproduce ../theirs/runs/digits-mlp/3f2a91c0de --tolerance 1e-6",
                   "a run of somebody else, to the sixth digit");
  }

  int run(Session& session) override {
    if (is_all_) return reproduce_all(session);
    if (reproduce::is_experiment(what_)) return reproduce_one(session);
    require_run();
    const std::optional<double> tolerance = tolerance_of(tolerance_);
    const RecordedRun then = get_recorded(runs_.path(), what_);
    require_finished(then);
    Registry registry = known_components();
    Rebuilt again = rebuilt(then, registry);
    print_problems(session.err, again.plan.warnings);
    std::optional<ForkPoint> parent = get_parent(then, again.plan, {});

    const Repeated repeated = repeated_of(then, again.other_data);
    const Executed done = execute(session, again.plan, options_for(then, again.plan, repeated, parent));
    if (done.exit_code != 0) return done.exit_code;
    return say(session, then, repeated, store::get_run(done.folder), tolerance);
  }

 private:
  // ---- Experiments.

  int reproduce_one(Session& session) {
    require_of_experiments();
    ExperimentDone done = reproduce_experiment(session, what_, work_of(what_));
    if (!done.text.empty()) session.out.write(format_ == "json" ? to_text(done.json, 2) + '\n' : done.text);
    return done.exit_code;
  }

  /// One after the other; what is wrong with one does not keep the others from being run. The first exit code
  /// that is not 0.
  int reproduce_all(Session& session) {
    require_of_experiments();
    int code = 0;
    Json all = Json::list();
    for (const std::string& folder : experiments()) {
      const ExperimentDone done = try_experiment(session, folder);
      if (format_ == "json" && done.json.is_map()) all.push(done.json);
      if (format_ == "text") session.out.write(done.text);
      if (code == 0) code = done.exit_code;
      if (done.exit_code == exit_code(Kind::stopped)) break;
    }
    if (format_ == "json") session.out.write(to_text(all, 2) + '\n');
    return code;
  }

  ExperimentDone try_experiment(Session& session, const std::string& folder) const {
    try {
      return reproduce_experiment(session, folder, work_of(folder));
    } catch (const Error& error) {
      print_problems(session.err, error.problems());
      ExperimentDone done;
      done.exit_code = exit_code(error.kind());
      done.text = text("not run  ", printable(base_name(folder)), '\n');
      return done;
    }
  }

  std::vector<std::string> experiments() const {
    const std::string folder = !what_.empty()             ? what_
                               : is_folder("experiments") ? "experiments"
                                                          : shipped_experiments();
    std::vector<std::string> out;
    for (const std::string& name : list_folder(folder)) {
      if (reproduce::is_experiment(join_path(folder, name))) out.push_back(join_path(folder, name));
    }
    if (!out.empty()) return out;
    throw Error(Kind::usage, text("no experiments in ", folder),
                "an experiment is a folder with an expected.yaml");
  }

  ExperimentWork work_of(const std::string& folder) const {
    ExperimentWork work;
    work.runs_dir = runs_.path();
    work.workers = workers_;
    work.again =
        text("assay reproduce ", shell_quoted(folder), is_quick_ ? " --quick" : "", runs_.command_text());
    work.is_quick = is_quick_;
    work.is_quiet = is_quiet_;
    return work;
  }

  void require_of_experiments() const {
    if (tolerance_.empty() && !is_strict_) return;
    throw Error(Kind::usage,
                text(is_strict_ ? "--strict" : "--tolerance", " is for runs, not for experiments"),
                "an experiment states its tolerances in its expected.yaml");
  }

  // ---- Runs.

  void require_run() const {
    if (what_.empty()) {
      throw Error(Kind::usage, "reproduce: WHAT is missing: an experiment's folder, or a run",
                  "as `assay reproduce experiments/libtorch-mnist`; --all takes all experiments");
    }
    if (is_quick_ || !workers_.empty()) {
      throw Error(Kind::usage,
                  text(is_quick_ ? "--quick" : "--workers", " is for experiments, and ", printable(what_),
                       " is none"),
                  "an experiment is a folder with an expected.yaml");
    }
    if (exists(join_path(what_, "experiment.yaml"))) {
      throw Error(Kind::usage,
                  Problem{Where::path(what_),
                          {},
                          "is an experiment without an expected.yaml: there is nothing to judge it by",
                          "`assay run` and `assay sweep` train it; docs/reproducing.md says what to write"});
    }
  }

  static void require_finished(const RecordedRun& run) {
    if (run.summary.state == store::RunState::finished) return;
    throw Error(Kind::usage, text("run ", run_name(run.summary), " is ", to_string(run.summary.state)),
                "what is finished can be reproduced; `assay verify` compares as far as the run came");
  }

  static Repeated repeated_of(const RecordedRun& then, const std::vector<Problem>& other_data) {
    Repeated repeated{run_name(then.summary), then.folder(), then.record.begin.environment, {}};
    for (const Problem& one : other_data)
      repeated.other_data.push_back(text("data: ", to_string(one.where), ' ', one.message));
    return repeated;
  }

  RunOptions options_for(const RecordedRun& then, const Checked& plan, const Repeated& repeated,
                         std::optional<ForkPoint>& parent) const {
    RunOptions options;
    options.runs_dir = runs_.path();
    options.again = text("assay reproduce ", shell_quoted(what_), runs_.command_text());
    options.is_fast = then.is_fast();
    options.is_quiet = is_quiet_;
    options.is_strict = is_strict_;
    options.fork = parent ? &*parent : nullptr;
    options.repeated = &repeated;
    options.prints_result = false;
    options.is_new = !has_begun(plan, options);
    return options;
  }

  /// The latest run of this config repeats the same one and is not finished: it goes on.
  static bool has_begun(const Checked& plan, const RunOptions& options) {
    const store::RunPlace latest =
        store::find_place(options.runs_dir, plan.config.experiment.name,
                          identity_of(plan, options.is_fast, options.fork), /*is_new=*/false);
    const store::RunState state = latest.status.state;
    if (state == store::RunState::absent || state == store::RunState::finished) return false;
    try {
      return repeats(store::read_record(latest.folder), options.repeated->run);
    } catch (const Error&) {
      return false;
    }
  }

  int say(Session& session, const RecordedRun& then, const Repeated& repeated, const store::RunSummary& now,
          std::optional<double> tolerance) const {
    const Judgement found = judge(then, now, tolerance);
    session.out.write(format_ == "json" ? to_text(json_of(then, repeated, now, found), 2) + '\n'
                                        : text_of(then, now, found, session.out));
    return found.is_yes ? 0 : exit_code(Kind::verdict);
  }

  static std::string text_of(const RecordedRun& then, const store::RunSummary& now, const Judgement& found,
                             const Output& out) {
    const Style style = found.is_yes ? Style::green : Style::red;
    return text(out.paint(style, found.verdict), "  ", printable(run_name(then.summary)), "  ",
                printable(now.folder), "\n  ", compared_text(found.compared), '\n',
                differences_text(found.compared.differences, "recorded", "now", out),
                spread_text(found.spread, out));
  }

  static Json json_of(const RecordedRun& then, const Repeated& repeated, const store::RunSummary& now,
                      const Judgement& found) {
    Json json(Json::Map{{"verdict", found.verdict}, {"run", then.folder()}, {"repeated_as", now.folder}});
    const store::Record record = store::read_record(now.folder);
    Json changed = Json::list();
    for (const std::string& change : changes(then.record.begin.environment, record.begin.environment))
      changed.push(change);
    for (const std::string& file : repeated.other_data) changed.push(file);
    json.set("changes", std::move(changed));
    json.set("compared", cli::to_json(found.compared));
    json.set("spread", spread_json(found.spread));
    return json;
  }

  std::string what_;
  std::string workers_;
  std::string tolerance_;
  std::string format_ = "text";
  RunsFolder runs_;
  bool is_all_ = false;
  bool is_quick_ = false;
  bool is_strict_ = false;
  bool is_quiet_ = false;
};

}  // namespace

std::unique_ptr<Command> make_reproduce() { return std::make_unique<Reproduce>(); }

}  // namespace assay::cli
