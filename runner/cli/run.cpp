// `assay run`: checks an experiment, trains it and writes its record; goes on with one that was interrupted.
#include <optional>
#include <utility>

#include "core/error.h"
#include "core/io/files.h"
#include "core/text.h"
#include "runner/cli/checked.h"
#include "runner/cli/command.h"
#include "runner/cli/config_arguments.h"
#include "runner/cli/execute.h"
#include "runner/cli/launch_run.h"
#include "runner/cli/plugins.h"
#include "runner/cli/problems.h"
#include "runner/cli/ranks.h"
#include "runner/cli/recorded.h"
#include "runner/cli/runs_folder.h"

namespace assay::cli {
namespace {

class Run final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about =
        "Trains one experiment: checks all of it first, then trains, evaluates and writes the record. The "
        "same "
        "command again goes on with a run that was stopped, killed or failed, from its newest checkpoint, "
        "and "
        "prints the result of a finished one. Ctrl-C stops after the current step, with a checkpoint.";
    config_.describe(syntax);
    launcher_.describe(syntax);
    syntax.flag("--fast", is_fast_, "one batch of each phase: does everything work?");
    syntax.flag("--new", is_new_, "a further run, though one with this config is there");
    syntax.option(
        "--fork", "RUN@STEP", fork_,
        "begins with a checkpoint of another run, whose data and batches it shares: its step, RUN@last or "
        "RUN@best");
    syntax.option("--nproc", "N", nproc_,
                  "trains with so many processes on this machine, each on its part of every batch");
    syntax.flag("--strict", is_strict_,
                "refuse to go on with a run if code, libraries, machine or threads changed");
    syntax.flag("--dry-run", is_dry_, "all checks, the device's too, then says what would run");
    syntax.flag("--profile", is_profiled_,
                "says where the time of 20 steps goes, after the first 10, and writes a trace of them");
    syntax.flag("--quiet", is_quiet_,
                "prints one line, the run's folder; messages only if something is wrong");
    runs_.describe(syntax);
    syntax.example("assay run configs/digits.yaml", "trains on the digits that ship");
    syntax.example("assay run configs/digits.yaml optimizer.lr=3e-4 train.until='5 epochs'",
                   "with other values");
    syntax.example("assay run configs/fashion_mnist.yaml --fast", "tries one batch of everything");
    syntax.example("assay run configs/digits.yaml seed=1 --quiet", "in a script: prints the folder");
    syntax.example("assay run configs/digits.yaml --nproc 2", "with two processes, to the same numbers");
    syntax.example("assay run configs/digits.yaml --launcher slurm",
                   "as a job of a cluster, which comes back until it is done");
    syntax.example("assay run configs/digits.yaml optimizer.lr=1e-4 --fork 3f2a@400",
                   "from step 400 of a run, with a smaller learning rate");
  }

  int run(Session& session) override {
    const Processes processes = find_processes(nproc_);
    Registry registry = known_components();
    config_.require_overrides();
    Checked plan = checked(launcher_.over(config_.request()), registry);
    if (processes.tells()) print_problems(session.err, plan.warnings);
    refuse_what_cannot_be_shared(plan, processes);
    std::optional<ForkPoint> fork;
    if (!fork_.empty()) fork = fork_point(runs_.path(), fork_, plan);
    RunOptions options;
    options.runs_dir = runs_.path();
    options.again = same_command();
    options.is_fast = is_fast_;
    options.is_new = is_new_;
    options.is_dry = is_dry_;
    options.is_quiet = is_quiet_;
    options.is_profiled = is_profiled_;
    options.is_strict = is_strict_;
    options.fork = fork ? &*fork : nullptr;
    options.processes = &processes;
    if (processes.is_rank()) return execute(session, plan, options).exit_code;
    const OpenLauncher launcher = open_launcher(plan.config.experiment.launcher, plan.parts);
    if (launcher.cluster() == nullptr) return execute(session, plan, options).exit_code;
    if (is_profiled_)
      throw Error(Kind::usage, "--profile is for this machine, but the launcher is a cluster's",
                  "--launcher local works here");
    return launch_run(session, plan, options, *launcher.cluster(), order(processes));
  }

 private:
  /// Without --new, which would begin yet another run.
  std::string same_command() const {
    return text("assay run ", config_.command_text(), launcher_.command_text(), is_fast_ ? " --fast" : "",
                fork_.empty() ? "" : " --fork " + shell_quoted(fork_),
                nproc_.empty() ? "" : " --nproc " + nproc_, runs_.command_text());
  }

  RunOrder order(const Processes& processes) const {
    return {launcher_.over(config_.request()),
            absolute_path(runs_.path()),
            same_command(),
            fork_,
            is_fast_,
            is_strict_,
            processes.count};
  }

  ConfigArguments config_;
  LauncherOption launcher_;
  RunsFolder runs_;
  std::string fork_;
  std::string nproc_;
  bool is_fast_ = false;
  bool is_new_ = false;
  bool is_dry_ = false;
  bool is_profiled_ = false;
  bool is_quiet_ = false;
  bool is_strict_ = false;
};

}  // namespace

std::unique_ptr<Command> make_run() { return std::make_unique<Run>(); }

}  // namespace assay::cli
