// `assay sweep resume` and `assay worker`: work on a study from its folder alone.
#include <utility>

#include "core/error.h"
#include "core/io/files.h"
#include "core/text.h"
#include "runner/cli/command.h"
#include "runner/cli/config_arguments.h"
#include "runner/cli/launch.h"
#include "runner/cli/open_study.h"
#include "runner/cli/shipped_data.h"
#include "runner/cli/sweep_work.h"

namespace assay::cli {
namespace {

class Join : public Command {
 public:
  explicit Join(bool is_worker) : is_worker_(is_worker) {}

  void describe(Syntax& syntax) override {
    syntax.about =
        is_worker_
            ? "Joins a study as one more worker, from any machine that sees its folder: takes trials until "
              "none is left. Workers may come and go at any time."
            : "Goes on with a study that was stopped or killed, by its folder alone. Prints the result of "
              "one that is over.";
    study_.describe(syntax);
    syntax.option(
        "--workers", "N", workers_,
        is_worker_
            ? "trials at a time (default: 1)"
            : "trials at a time (default: as many as there are processors or GPUs that no other sweep has)");
    if (is_worker_) {
      syntax.option(
          "--notice", "SECONDS", notice_,
          "in a step of a Slurm job: stops at a checkpoint so long before the job ends, or when it is "
          "preempted, and has Slurm start it again until all is done");
    } else {
      launcher_.describe(syntax);
    }
    syntax.flag("--quiet", is_quiet_,
                "prints one line, the study's folder; messages only if something is wrong");
    if (is_worker_) {
      syntax.example("assay worker /scratch/me/runs/digits-sweep/3f2a91c0de", "on another machine");
    } else {
      syntax.example("assay sweep resume 3f2a", "the study whose id begins so");
    }
  }

  int run(Session& session) override {
    const sweep::StudyFolder folder = study_.folder();
    sweep::Spec spec = sweep::get_spec(folder);
    spec.request = launcher_.over(std::move(spec.request));
    OpenStudy open = open_study(spec, folder);
    sweep::DataCache data(*open.parts, shipped_data());
    check_study_data(open, data);
    require_same_data(spec, data.get(open.study->config().experiment));
    if (!is_worker_) folder.take_back_stop();
    if (!is_worker_) {
      const OpenLauncher launcher = open_launcher(open.study->config().experiment.launcher, *open.parts);
      if (launcher.cluster() != nullptr) {
        refuse_workers(workers_);
        return launch_study(session, open, folder, launcher, is_quiet_);
      }
    }
    std::optional<launch::Job> job = job_of_this_process();
    const std::size_t n_workers = is_worker_ && workers_.empty() ? 1 : workers_of(workers_, *open.study);
    const std::string again = text("assay sweep resume ", shell_quoted(folder.path()));
    return work_on(session, open, folder, data,
                   {.n_workers = n_workers,
                    .again = again,
                    .is_quiet = is_quiet_,
                    .takes_what_is_free = !is_worker_ && workers_.empty(),
                    .job = job ? &*job : nullptr});
  }

 private:
  std::optional<launch::Job> job_of_this_process() const {
    if (notice_.empty()) return std::nullopt;
    const auto seconds = parse_real(notice_);
    if (!seconds || *seconds < 0)
      throw Error(Kind::usage, text("--notice is '", printable(notice_), "', must be seconds"));
    return launch::Job::of_this_process(*seconds);
  }

  const bool is_worker_;
  StudyArgument study_;
  LauncherOption launcher_;
  std::string workers_;
  std::string notice_;
  bool is_quiet_ = false;
};

class Stop final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about =
        "Asks all workers of a study, wherever they are, to stop at a checkpoint, and takes its jobs off the "
        "queue of a cluster. `assay sweep resume` goes on.";
    study_.describe(syntax);
    syntax.example("assay sweep stop 3f2a", "the study whose id begins so");
  }

  int run(Session& session) override {
    const sweep::StudyFolder folder = study_.folder();
    const sweep::Spec spec = sweep::get_spec(folder);
    folder.ask_to_stop();  // first: a worker that is cancelled looks for it before it comes back
    if (exists(join_path(folder.path(), "jobs"))) cancel_jobs(open_study(spec, folder), folder);
    session.err.write(text("workers stop when they look next; this goes on: assay sweep resume ",
                           shell_quoted(folder.path()), '\n'));
    return 0;
  }

 private:
  StudyArgument study_;
};

}  // namespace

std::unique_ptr<Command> make_sweep_resume() { return std::make_unique<Join>(/*is_worker=*/false); }
std::unique_ptr<Command> make_worker() { return std::make_unique<Join>(/*is_worker=*/true); }
std::unique_ptr<Command> make_sweep_stop() { return std::make_unique<Stop>(); }

}  // namespace assay::cli
