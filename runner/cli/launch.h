// Work that is handed to a cluster: what `--launcher` says, the jobs of a study or of a run, what the queue
// says of them, and how a process within a job leaves it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "registry/contracts/launcher.h"
#include "registry/implementations.h"
#include "runner/cli/command.h"
#include "runner/cli/open_study.h"
#include "runner/cli/plan_text.h"
#include "runner/cli/signals.h"
#include "runner/launch/job.h"
#include "runner/launch/submission.h"

namespace assay::cli {

/// --launcher NAME, which is the override `launcher=NAME` before all others.
class LauncherOption {
 public:
  void describe(Syntax& syntax);
  ConfigRequest over(ConfigRequest request) const;
  /// ` --launcher NAME` if it was given, else nothing.
  std::string command_text() const;

 private:
  std::string given_;
};

/// A launcher with its cluster.
struct OpenLauncher {
  std::unique_ptr<Launcher> launcher;
  Json config;

  const Cluster* cluster() const { return launcher ? launcher->cluster() : nullptr; }
};

/// Of a config; without a cluster if it names no launcher.
OpenLauncher open_launcher(const Slot<Launcher>& slot, const Implementations& parts);
/// As a submission says it.
OpenLauncher open_launcher(const Json& config, const OpenStudy& open);

/// Throws Kind::usage if `--workers` was given, which is for this machine.
void refuse_workers(const std::string& written);

/// What a submitted study or run is called among jobs: `assay-digits-3f2a91c0de`.
std::string jobs_name(const std::string& folder);

/// How many of a study's trials a job has room for.
std::int64_t room_in(const Cluster& cluster, const sweep::Study& study);

/// The workers of a study, and the report behind them; n_jobs of them.
LaunchOrder order_of(const OpenStudy& open, const sweep::StudyFolder& folder, const Cluster& cluster,
                     std::int64_t n_jobs);

/// The script and what the queue says of it. Prints it.
void show_order(Session& session, const Cluster& cluster, LaunchOrder order);

/// Submits the workers that are missing for what is left of a study, and says which jobs there are. Returns
/// the exit code.
int launch_study(Session& session, OpenStudy& open, const sweep::StudyFolder& folder,
                 const OpenLauncher& launcher, bool is_quiet);

/// What the queues say of a study's jobs; nothing if none were submitted, or if a queue does not answer: then
/// `problem` says why.
std::vector<QueuedJobs> queued(const OpenStudy& open, const sweep::StudyFolder& folder, std::string& problem);
/// `16 run, 48 wait: Resources, from 2026-03-01T14:05:00`
std::string queue_text(const std::vector<QueuedJobs>& jobs);
/// Takes the jobs of a study off their queues; what runs stops at a checkpoint. Throws Kind::run.
void cancel_jobs(const OpenStudy& open, const sweep::StudyFolder& folder);

/// Has Slurm start this process's job again where that is due. has_worked: at anything, since it was started.
void leave_job(Session& session, launch::Job& job, const StopOnSignal& stop, bool has_worked,
               const std::function<bool()>& is_told_to_stop);

/// The path of this program.
std::string this_program();

}  // namespace assay::cli
