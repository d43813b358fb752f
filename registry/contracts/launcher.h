// Where the processes of a sweep or of a long run are started: here, or as jobs of a cluster that a queue
// starts when it can. A cluster knows its queue's commands and what they print, and nothing of studies: it is
// given commands to run, and a name by which all that belongs to them is found again.
//
//   if (const Cluster* cluster = launcher->cluster()) {
//     const LaunchedJobs jobs = cluster->submit(order);     // two ids; nothing of ours goes on running here
//     for (const QueuedJobs& some : cluster->queue({{order.name}})) ...
//   }
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "registry/contracts/families.h"

namespace assay {

/// What a queue is asked to run.
struct LaunchOrder {
  std::string name;               // of the jobs; unique: letters, digits, '.', '-' and '_'
  std::string folder;             // absolute, seen by all machines: where the jobs' outputs go
  std::vector<std::string> work;  // a program with its words, its path absolute
  std::int64_t n_jobs = 1;        // that run it, each on its own
  /// What runs once they have all ended, one after the other whatever comes of each; may be empty.
  std::vector<std::vector<std::string>> report;
};

/// As the queue names them; a report that was not asked for has no id.
struct LaunchedJobs {
  std::string work;
  std::string report;
};

/// Jobs of a queue that stand alike.
struct QueuedJobs {
  enum class Stand { waits, runs, ends };
  Stand stand = Stand::waits;
  std::int64_t n = 1;
  std::string reason;  // why they wait, in the queue's words: Resources, Priority, ...
  std::string start;   // when the first of them may start, in the queue's words; empty if it does not say
};

/// What a trial takes of a machine.
struct LaunchNeeds {
  std::int64_t threads = 1;
  bool may_use_gpu = false;
};

class Cluster {
 public:
  virtual ~Cluster();

  /// How many jobs may stand side by side, by the launcher's parameters and the queue's limits. Throws
  /// Kind::fenced if the queue does not answer.
  virtual std::int64_t most_jobs() const = 0;
  /// How many trials at a time a job has room for; at least 1.
  virtual std::int64_t room(const LaunchNeeds& needs) const = 0;
  /// Seconds before a job's end at which its work stops at a checkpoint.
  virtual double notice_s() const = 0;

  /// What is given to the queue for the work.
  virtual std::string script(const LaunchOrder& order) const = 0;
  /// Asks the queue whether it would take the work, and returns what it says. Throws Kind::run if not.
  virtual std::string rehearse(const LaunchOrder& order) const = 0;
  /// Throws Kind::run, with the queue's own words, if it refuses; Kind::fenced if its answer was lost, so that
  /// it may have accepted the work.
  virtual LaunchedJobs submit(const LaunchOrder& order) const = 0;
  /// What the queue knows under that name, ended jobs as well for as long as it remembers them; nothing if
  /// there is none. Throws Kind::fenced if the queue does not answer.
  virtual std::optional<LaunchedJobs> find(const std::string& name) const = 0;
  /// The work that waits or runs, of orders of these names. Throws Kind::fenced if the queue does not answer.
  virtual std::vector<QueuedJobs> queue(const std::vector<std::string>& names) const = 0;
  /// Takes off the queue what waits, and asks what runs to stop at a checkpoint. Throws Kind::run.
  virtual void cancel(const std::vector<std::string>& names) const = 0;
};

class Launcher {
 public:
  using Contract = Launcher;
  struct Needs {};

  virtual ~Launcher();
  /// Null if the command itself does the work, on this machine. Lives as long as the launcher.
  virtual const Cluster* cluster() const = 0;
};

}  // namespace assay
