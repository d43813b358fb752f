// `assay run`: checks an experiment, trains it and writes its record.
#include <optional>

#include "core/error.h"
#include "core/io/files.h"
#include "core/text.h"
#include "registry/contracts/builtin.h"
#include "runner/cli/checked.h"
#include "runner/cli/command.h"
#include "runner/cli/config_arguments.h"
#include "runner/cli/environment.h"
#include "runner/cli/open_engine.h"
#include "runner/cli/plan_text.h"
#include "runner/cli/problems.h"
#include "runner/cli/progress.h"
#include "runner/cli/result_text.h"
#include "runner/cli/run_text.h"
#include "runner/cli/runs_folder.h"
#include "runner/cli/signals.h"
#include "runner/config/canonical.h"
#include "runner/store/record_writer.h"
#include "runner/store/run_id.h"
#include "runner/store/run_index.h"

namespace assay::cli {
namespace {

/// Watches nothing: for --quiet.
class Silence final : public Listener {
 public:
  void on(const Event&) override {}
};

const std::string& name_of(const Checked& plan) { return plan.config.experiment.name; }
const std::vector<DataFile>& files_of(const Checked& plan) { return plan.prepared.dataset->facts().files; }

/// A run of one batch a phase is another run than the whole one, though its config is the same.
std::string identity_of(const Checked& plan, bool is_fast) {
  Json identity = plan.config.identity;
  if (is_fast) identity.set("fast", true);
  std::vector<std::string> digests;
  for (const DataFile& file : files_of(plan)) digests.push_back(file.sha256);
  return store::run_id(canonical_json(identity), std::move(digests));
}

store::BeginRun begin_of(const Checked& plan) {
  store::BeginRun begin;
  begin.name = name_of(plan);
  begin.resolved = plan.config.resolved;
  begin.provenance = plan.config.provenance;
  for (const SourceText& source : plan.config.sources) begin.sources.push_back({source.name, source.text});
  begin.environment = environment();
  for (const DataFile& file : files_of(plan)) {
    begin.data.push_back({base_name(file.path), file.path, file.sha256, file.bytes});
  }
  begin.seed = plan.config.experiment.seed;
  begin.tags = plan.config.experiment.tags;
  return begin;
}

Facts all_facts(const Checked& plan, const std::string& device) {
  const Experiment& experiment = plan.config.experiment;
  Facts facts = plan_facts(experiment, plan.prepared);
  facts.emplace_back("device", text(device, ", ", count_text(experiment.threads, "thread")));
  return facts;
}

class Run final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about =
        "Trains one experiment: checks all of it first, then trains, evaluates and writes the record. The "
        "same command again prints the result of a finished run, and starts an unfinished one anew. Ctrl-C "
        "stops after the current step and keeps what there is.";
    config_.describe(syntax);
    syntax.flag("--fast", is_fast_, "one batch of each phase: does everything work?");
    syntax.flag("--new", is_new_, "a further run, though one with this config is done");
    syntax.flag("--dry-run", is_dry_, "all checks, the device's too, then says what would run");
    syntax.flag("--quiet", is_quiet_,
                "prints one line, the run's folder; messages only if something is wrong");
    runs_.describe(syntax);
    syntax.example("assay run configs/digits.yaml", "trains on the digits that ship");
    syntax.example("assay run configs/digits.yaml optimizer.lr=3e-4 train.until='5 epochs'",
                   "with other values");
    syntax.example("assay run configs/fashion_mnist.yaml --fast", "tries one batch of everything");
    syntax.example("assay run configs/digits.yaml seed=1 --quiet", "in a script: prints the folder");
  }

  int run(Session& session) override {
    const Registry registry = builtin_registry();
    Checked plan = checked(config_, registry);
    print_problems(session.err, plan.warnings);
    const std::string id = identity_of(plan, is_fast_);
    const store::RunPlace place = store::find_place(runs_.path(), name_of(plan), id, is_new_);
    if (place.status.state == store::RunState::finished) return show_done(session, place.folder);
    store::refuse_if_running(place);

    const std::unique_ptr<Engine> engine = open_engine(plan.parts);
    const std::string device = engine->resolve_device(plan.config.experiment.device);
    if (is_dry_) return show_plan(session, plan, place, device);

    const StopOnSignal stop;
    const auto record = begin_record(session, plan, id);
    say_what_runs(session, plan, device, *record);
    const Outcome outcome = train(session, *engine, plan, *record, stop.flag());
    if (!is_quiet_) session.err.write("\n");
    return show_outcome(session, outcome, record->folder());
  }

 private:
  std::unique_ptr<store::RecordWriter> begin_record(const Session& session, const Checked& plan,
                                                    const std::string& id) const {
    store::BeginRun begin = begin_of(plan);
    begin.runs_dir = runs_.path();
    begin.id = id;
    begin.is_new = is_new_;
    begin.command = session.words;
    if (is_fast_) begin.tags.emplace_back("fast");
    return store::RecordWriter::begin(std::move(begin));
  }

  Outcome train(Session& session, Engine& engine, const Checked& plan, Recorder& record,
                const std::atomic<bool>& stop) const {
    Silence silence;
    std::optional<Progress> progress;
    if (!is_quiet_) progress.emplace(session.err, stop);
    Listener& listener = is_quiet_ ? static_cast<Listener&>(silence) : *progress;
    return engine.train(
        {plan.config.experiment, plan.prepared, plan.parts, record, listener, is_fast_, &stop});
  }

  void say_what_runs(Session& session, const Checked& plan, const std::string& device,
                     const store::RecordWriter& record) const {
    if (is_quiet_) return;
    const std::string title =
        session.err.paint(Style::bold, text(printable(name_of(plan)), '/', record.id()));
    Facts facts = all_facts(plan, device);
    if (is_fast_) facts.emplace_back("fast", "one batch of each phase");
    const store::RunStatus& previous = record.previous();
    if (previous.attempt > 0) {
      facts.emplace_back("attempt", text(record.attempt(), ": starts anew (attempt ", previous.attempt, ": ",
                                         to_string(previous.state), ')'));
    }
    session.err.write(title + '\n' + facts_text(facts, session.err));
  }

  int show_plan(Session& session, const Checked& plan, const store::RunPlace& place,
                const std::string& device) const {
    Facts facts = all_facts(plan, device);
    facts.emplace_back("record", place.folder);
    const std::string title = text("would run  ", printable(name_of(plan)), '/', place.id);
    session.out.write(is_quiet_ ? place.folder + '\n' : title + '\n' + facts_text(facts, session.out));
    return 0;
  }

  int show_done(Session& session, const std::string& folder) const {
    show_result(session, folder);
    if (!is_quiet_) session.err.write("already done; --new runs it again\n");
    return 0;
  }

  void show_result(Session& session, const std::string& folder) const {
    store::RunSummary run = store::get_run(folder);
    run.folder = folder;  // relative, as --runs is
    session.out.write(is_quiet_ ? folder + '\n' : result_text(run, session.out));
  }

  int show_outcome(Session& session, const Outcome& outcome, const std::string& folder) const {
    show_result(session, folder);
    switch (outcome.status) {
      case Outcome::Status::finished:
        return 0;
      case Outcome::Status::stopped:
        session.err.write(
            text("stopped at step ", outcome.step, "; this starts it anew: ", same_command(), '\n'));
        return exit_code(Kind::stopped);
      case Outcome::Status::failed:
        throw failure_of(outcome, folder);
    }
    return exit_code(Kind::internal);
  }

  static Error failure_of(const Outcome& outcome, const std::string& folder) {
    auto [cause, hint] = cause_and_hint(outcome.message);
    Problem problem{{}, {}, "the run failed: " + cause, std::move(hint)};
    problem.notes.push_back(text("`assay runs show ", shell_quoted(folder), "` shows what it recorded"));
    return {Kind::run, std::move(problem)};
  }

  /// Without --new, which would begin yet another run.
  std::string same_command() const {
    return text("assay run ", config_.command_text(), is_fast_ ? " --fast" : "", runs_.command_text());
  }

  ConfigArguments config_;
  RunsFolder runs_;
  bool is_fast_ = false;
  bool is_new_ = false;
  bool is_dry_ = false;
  bool is_quiet_ = false;
};

}  // namespace

std::unique_ptr<Command> make_run() { return std::make_unique<Run>(); }

}  // namespace assay::cli
