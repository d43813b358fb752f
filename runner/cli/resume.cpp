// `assay resume`: goes on with a run, from its record alone.
#include "core/error.h"
#include "core/text.h"
#include "runner/cli/command.h"
#include "runner/cli/config_arguments.h"
#include "runner/cli/execute.h"
#include "runner/cli/plugins.h"
#include "runner/cli/problems.h"
#include "runner/cli/recorded.h"
#include "runner/cli/run_text.h"
#include "runner/cli/runs_folder.h"

namespace assay::cli {
namespace {

class Resume final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about =
        "Goes on with a run that was stopped, killed or failed, from its newest checkpoint, by its record "
        "alone: "
        "the config that it was begun with and data of the same digests. What it gives is what an "
        "uninterrupted "
        "run would have given, bit for bit; where code, libraries, machine or threads changed, it says so. "
        "Prints "
        "the result of a run that is finished.";
    syntax.positional("RUN", run_,
                      "its folder, its id or the beginning of it, or its name if there is one of that name");
    syntax.option("--nproc", "N", nproc_, "with so many processes (default: as many as trained it before)");
    syntax.flag("--strict", is_strict_, "refuse if code, libraries, machine or threads changed");
    syntax.flag("--dry-run", is_dry_, "all checks, the device's too, then says what would run");
    syntax.flag("--quiet", is_quiet_,
                "prints one line, the run's folder; messages only if something is wrong");
    runs_.describe(syntax);
    syntax.example("assay resume 3f2a", "the run whose id begins so");
    syntax.example("assay resume runs/digits-mlp/3f2a91c0de --strict", "only as it was");
  }

  int run(Session& session) override {
    Registry registry = known_components();
    const RecordedRun recorded = get_recorded(runs_.path(), run_);
    const Processes processes = find_processes(nproc_, processes_of(recorded.record.begin.environment));
    Checked plan = checked_again(recorded, registry);
    if (processes.tells()) print_problems(session.err, plan.warnings);
    refuse_what_cannot_be_shared(plan, processes);
    std::optional<ForkPoint> parent = find_parent(recorded);
    const bool has_checkpoints = recorded.record.latest("last") != nullptr;
    if (parent && !has_checkpoints) load_parent(recorded, plan, *parent);
    RunOptions options;
    options.runs_dir = recorded.runs_dir();
    options.again = text("assay resume ", shell_quoted(run_name(recorded.summary)),
                         nproc_.empty() ? "" : " --nproc " + nproc_, runs_.command_text());
    options.processes = &processes;
    options.is_fast = recorded.is_fast();
    options.is_dry = is_dry_;
    options.is_quiet = is_quiet_;
    options.is_strict = is_strict_;
    options.fork = parent ? &*parent : nullptr;
    options.only_folder = recorded.folder();
    require_same_experiment(recorded, plan, options);
    return execute(session, plan, options).exit_code;
  }

 private:
  static void require_same_experiment(const RecordedRun& run, const Checked& plan,
                                      const RunOptions& options) {
    if (identity_of(plan, options.is_fast, options.fork) == run.identity()) return;
    throw Error(Kind::config, Problem{Where::path(run.folder()),
                                      {},
                                      text("this assay reads the run's config as another experiment than ",
                                           run.record.assay_version, " did, which began it"),
                                      "go on with the version that began it, or begin a new run"});
  }

  std::string run_;
  std::string nproc_;
  RunsFolder runs_;
  bool is_strict_ = false;
  bool is_dry_ = false;
  bool is_quiet_ = false;
};

}  // namespace

std::unique_ptr<Command> make_resume() { return std::make_unique<Resume>(); }

}  // namespace assay::cli
