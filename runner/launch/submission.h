// What a cluster was asked to do for a study or a run, in the folder `jobs` of it: written down before it is
// asked, under a name that only this submission has, so that an answer that was lost is found again.
//
//   jobs/1.json        name, launcher, how many jobs, of what; published before the queue is asked
//   jobs/1.ids.json    what the queue calls them; empty ids: it never had them
//   jobs/12_3.log      what a job said
//
//   const Submissions all(folder);
//   all.settle(*cluster);                                  // those of commands that were killed in between
//   const Submission made = all.submit(*cluster, launcher_config, order);
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/json.h"
#include "registry/contracts/launcher.h"

namespace assay::launch {

struct Submission {
  int number = 0;
  std::string name;  // of its jobs
  Json launcher;     // as a config would have it
  std::int64_t n_jobs = 1;
  std::int64_t wall_ns = 0;
  std::optional<LaunchedJobs> jobs;  // nothing: it is not known whether the queue has them
};

class Submissions {
 public:
  /// folder: of a study or a run, absolute.
  explicit Submissions(std::string folder);

  const std::string& folder() const { return folder_; }  // with `jobs`
  /// In their order. Throws Kind::store for a damaged file.
  std::vector<Submission> list() const;
  std::vector<std::string> names() const;

  /// Asks the queue about submissions whose answer was lost. Throws Kind::fenced if it does not answer.
  void settle(const Cluster& cluster) const;

  /// Gives the order a name, beginning with `base`, and this folder, and submits it. When the queue fails or
  /// does not answer in time, it is asked whether it has the jobs nevertheless. Throws Kind::run, with the
  /// queue's words, if it has not; Kind::fenced if that cannot be found out.
  Submission submit(const Cluster& cluster, Json launcher, LaunchOrder order, const std::string& base) const;

 private:
  std::string path(int number) const;
  std::string ids_path(int number) const;
  Submission publish(Submission submission, const std::string& base) const;
  void publish_ids(const Submission& submission) const;
  std::optional<LaunchedJobs> find_nevertheless(const Cluster& cluster, const Submission& made,
                                                const Error& error) const;

  std::string folder_;
};

/// As many as useful, as the queue allows, and as are not there already.
std::int64_t jobs_wanted(std::int64_t n_trials_left, std::int64_t room, std::int64_t most_jobs,
                         const std::vector<QueuedJobs>& there);

}  // namespace assay::launch
