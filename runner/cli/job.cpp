// `assay job`: what a cluster executes for a run that was submitted. Goes on with it, and comes back until it
// is done.
#include <chrono>
#include <csignal>
#include <optional>
#include <stop_token>
#include <thread>

#include <unistd.h>

#include "core/error.h"
#include "core/io/files.h"
#include "core/text.h"
#include "runner/cli/checked.h"
#include "runner/cli/launch_run.h"
#include "runner/cli/plugins.h"
#include "runner/cli/problems.h"
#include "runner/cli/ranks.h"
#include "runner/cli/recorded.h"
#include "runner/cli/signals.h"

namespace assay::cli {
namespace {

constexpr std::chrono::milliseconds look_at_clock_every(500);

/// Sends this process the scheduler's notice when the job is about to end, as some schedulers do not.
class EndOfJob {
 public:
  explicit EndOfJob(launch::Job& job)
      : thread_([&job](const std::stop_token& token) { watch(job, token); }) {}

 private:
  static void watch(launch::Job& job, const std::stop_token& token) {
    while (!token.stop_requested()) {
      if (job.is_ending()) {
        ::kill(::getpid(), SIGUSR2);
        return;
      }
      std::this_thread::sleep_for(look_at_clock_every);
    }
  }

  std::jthread thread_;
};

class RunJob final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about =
        "What the job of a run executes on a cluster, where `assay run --launcher` has submitted it: goes on "
        "with "
        "the run, and has Slurm start it again when its time is up or it is preempted.";
    syntax.positional("FOLDER", folder_, "the run's");
    syntax.option("--notice", "SECONDS", notice_, "stops at a checkpoint so long before the job ends");
    syntax.example("srun assay job runs/digits-mlp/3f2a91c0de --notice 180",
                   "again, in a batch script of one's own");
  }

  int run(Session& session) override {
    const RunOrder order = get_run_order(absolute_path(folder_));
    const Processes processes = find_processes("", order.processes);
    if (processes.is_rank()) return go_on(session, order, processes);  // whoever started it sees to the job
    const StopOnSignal stop;
    std::optional<launch::Job> job = launch::Job::of_this_process(parse_real(notice_).value_or(0));
    int code = exit_code(Kind::stopped);
    bool has_worked = false;
    {
      std::optional<EndOfJob> end;
      if (job) end.emplace(*job);
      try {
        code = go_on(session, order, processes);
        has_worked = true;
      } catch (const Error& error) {
        if (error.kind() != Kind::stopped) throw;
        print_problems(session.err, error.problems());
      }
    }
    if (job && code == exit_code(Kind::stopped))
      leave_job(session, *job, stop, has_worked, [] { return false; });
    return code;
  }

 private:
  int go_on(Session& session, const RunOrder& order, const Processes& processes) const {
    Registry registry = known_components();
    Checked plan = checked(order.request, registry);
    if (processes.tells()) print_problems(session.err, plan.warnings);
    std::optional<ForkPoint> fork;
    if (!order.fork.empty()) fork = fork_point(order.runs_dir, order.fork, plan);
    RunOptions options;
    options.runs_dir = order.runs_dir;
    options.again = order.again;
    options.is_fast = order.is_fast;
    options.is_strict = order.is_strict;
    options.fork = fork ? &*fork : nullptr;
    options.only_folder = absolute_path(folder_);
    options.processes = &processes;
    return execute(session, plan, options).exit_code;
  }

  std::string folder_;
  std::string notice_ = "0";
};

}  // namespace

std::unique_ptr<Command> make_job() { return std::make_unique<RunJob>(); }

}  // namespace assay::cli
