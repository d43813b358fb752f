#include "runner/cli/launch.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "core/error.h"
#include "core/io/files.h"
#include "core/text.h"
#include "runner/cli/config_arguments.h"
#include "runner/cli/problems.h"
#include "runner/cli/sweep_view.h"
#include "runner/cli/sweep_work.h"

namespace assay::cli {
namespace {

std::string jobs_text(const std::string& id, std::int64_t n_jobs, std::int64_t room) {
  return text(id, ": ", count_text(n_jobs, "worker"), ", ", count_text(room, "trial"), " at a time each");
}

/// Of each cluster that has jobs of the study, the names of them.
struct Asked {
  OpenLauncher launcher;
  std::vector<std::string> names;
};

std::vector<Asked> asked_clusters(const OpenStudy& open, const sweep::StudyFolder& folder) {
  std::vector<Asked> all;
  for (const launch::Submission& one : launch::Submissions(folder.path()).list()) {
    const auto known = std::find_if(
        all.begin(), all.end(), [&](const Asked& asked) { return asked.launcher.config == one.launcher; });
    if (known != all.end()) {
      known->names.push_back(one.name);
    } else {
      all.push_back({open_launcher(one.launcher, open), {one.name}});
    }
  }
  return all;
}

}  // namespace

void LauncherOption::describe(Syntax& syntax) {
  syntax.option(
      "--launcher", "NAME", given_,
      "where the work is done: `slurm`, a preset of configs/launcher, or `local`; as launcher=NAME");
}

ConfigRequest LauncherOption::over(ConfigRequest request) const {
  if (!given_.empty()) request.overrides.insert(request.overrides.begin(), "launcher=" + given_);
  return request;
}

std::string LauncherOption::command_text() const {
  return given_.empty() ? "" : " --launcher " + shell_quoted(given_);
}

std::string this_program() { return std::filesystem::read_symlink("/proc/self/exe").string(); }

OpenLauncher open_launcher(const Slot<Launcher>& slot, const Implementations& parts) {
  if (!slot.is_bound()) return {};
  return {parts.build(slot, {}), slot.to_json()};
}

OpenLauncher open_launcher(const Json& config, const OpenStudy& open) {
  const auto slot =
      open.registry->bind<Launcher>(to_value(config, Where::defaults("submission")), "launcher");
  return open_launcher(slot, *open.parts);
}

void refuse_workers(const std::string& written) {
  if (written.empty()) return;
  throw Error(
      Kind::usage, "--workers is for this machine, but the launcher is a cluster's",
      "launcher.width says how many workers there are, launcher.workers how many trials each has at a "
      "time; --launcher local works here");
}

std::int64_t room_in(const Cluster& cluster, const sweep::Study& study) {
  const Experiment& experiment = study.config().experiment;
  const std::int64_t threads = experiment.threads.is_auto() ? 1 : experiment.threads.count;
  return cluster.room({threads, experiment.device != "cpu"});
}

std::string jobs_name(const std::string& folder) {
  return text("assay-", base_name(parent_folder(folder)), '-', base_name(folder));
}

LaunchOrder order_of(const OpenStudy& open, const sweep::StudyFolder& folder, const Cluster& cluster,
                     std::int64_t n_jobs) {
  const std::string program = this_program();
  const std::string& study = folder.path();
  LaunchOrder order;
  order.n_jobs = n_jobs;
  order.name = jobs_name(study);
  order.folder = join_path(study, "jobs");
  order.work = {program,
                "worker",
                study,
                "--workers",
                text(room_in(cluster, *open.study)),
                "--notice",
                text(static_cast<std::int64_t>(cluster.notice_s()))};
  order.report = {{program, "sweep", "status", study},
                  {program, "sweep", "show", study},
                  {program, "report", study, "-o", join_path(study, "report.html")}};
  return order;
}

void show_order(Session& session, const Cluster& cluster, LaunchOrder order) {
  const std::string script = cluster.script(order);
  session.out.write('\n' + script + '\n');
  session.out.write(cluster.rehearse(order) + '\n');
}

int launch_study(Session& session, OpenStudy& open, const sweep::StudyFolder& folder,
                 const OpenLauncher& launcher, bool is_quiet) {
  const Cluster& cluster = *launcher.cluster();
  add_revisions(open, folder);
  sweep::Board board(*open.study, folder);
  board.refresh();
  if (board.are_all_over()) {
    print_sweep_result(session, *open.study, board, folder, is_quiet);
    return verdict(counts_of(board));
  }
  const launch::Submissions submissions(folder.path());
  submissions.settle(cluster);
  const std::vector<std::string> names = submissions.names();
  const std::vector<QueuedJobs> there = names.empty() ? std::vector<QueuedJobs>() : cluster.queue(names);
  const std::int64_t n_left = board.n_in_all() - std::ssize(board.ends());
  const std::int64_t room = room_in(cluster, *open.study);
  const std::int64_t n_jobs = launch::jobs_wanted(n_left, room, cluster.most_jobs(), there);
  Facts facts;
  if (!there.empty()) facts.emplace_back("queue", queue_text(there));
  if (n_jobs > 0) {
    const launch::Submission made = submissions.submit(
        cluster, launcher.config, order_of(open, folder, cluster, n_jobs), jobs_name(folder.path()));
    facts.emplace_back("jobs", jobs_text(made.jobs->work, made.n_jobs, room));
    facts.emplace_back("report", made.jobs->report.empty()
                                     ? "was not taken by the queue; `assay sweep show` prints it"
                                     : made.jobs->report + ": once they have ended");
  }
  if (is_quiet) {
    session.out.write(folder.path() + '\n');
    return 0;
  }
  facts.emplace_back("outputs", submissions.folder());
  session.out.write(
      text(n_jobs > 0 ? "submitted" : "submitted before", '\n', facts_text(facts, session.out)));
  session.err.write(text("how it goes: assay sweep status ", shell_quoted(folder.path()), '\n'));
  return 0;
}

std::vector<QueuedJobs> queued(const OpenStudy& open, const sweep::StudyFolder& folder,
                               std::string& problem) {
  std::vector<QueuedJobs> all;
  try {
    for (const Asked& asked : asked_clusters(open, folder)) {
      const std::vector<QueuedJobs> some = asked.launcher.cluster()->queue(asked.names);
      all.insert(all.end(), some.begin(), some.end());
    }
  } catch (const Error& error) {
    problem = error.problems().front().message;
  }
  return all;
}

std::string queue_text(const std::vector<QueuedJobs>& jobs) {
  std::vector<std::string> parts;
  for (const QueuedJobs& some : jobs) {
    const bool waits = some.stand == QueuedJobs::Stand::waits;
    const char* verb = waits ? "wait" : some.stand == QueuedJobs::Stand::runs ? "run" : "end";
    std::string part = text(some.n, ' ', verb, some.n == 1 ? "s" : "");
    if (waits && !some.reason.empty()) part += text(": ", printable(some.reason));
    if (waits && !some.start.empty()) part += text(", from ", printable(some.start));
    parts.push_back(std::move(part));
  }
  return parts.empty() ? "no jobs" : join(parts, "; ");
}

void cancel_jobs(const OpenStudy& open, const sweep::StudyFolder& folder) {
  for (const Asked& asked : asked_clusters(open, folder)) asked.launcher.cluster()->cancel(asked.names);
}

void leave_job(Session& session, launch::Job& job, const StopOnSignal& stop, bool has_worked,
               const std::function<bool()>& is_told_to_stop) {
  if (stop.last() == SIGINT) return;  // a person at the keyboard
  const int n_before = stop.count();
  const launch::Leave leave =
      job.leave({is_told_to_stop, [&] { return stop.count() > n_before; }, has_worked});
  switch (leave) {
    case launch::Leave::to_come_back:
      return session.err.write(text("job ", job.name(), " comes back\n"));
    case launch::Leave::for_good:
      return session.err.write(text("job ", job.name(), " ends, as it was told to\n"));
    case launch::Leave::refused:
      return print_warning(session.err, has_worked
                                            ? text("Slurm does not start job ", job.name(), " again")
                                            : text("job ", job.name(), " was started ", job.n_restarts() + 1,
                                                   " times and found no time to work: it ends"));
  }
}

}  // namespace assay::cli
