// The storage thread of a run: writes checkpoints in the order in which they were taken, removes those that
// were replaced, and publishes run.h5 and summary.json from its own copy of the record, which it makes from
// the journal's records as they are appended. So the thread that trains shares nothing with it but queues.
//
//   Keeper keeper({...}, std::move(replay), journal, lease, failure, clock);
//   keeper.publish_now();                 // still on this thread
//   keeper.start();
//   keeper.checkpoint(info, state);       // returns when the state is copied
//   keeper.stop();                        // all checkpoints written; from here on this thread's again
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/clock.h"
#include "core/error.h"
#include "registry/contracts/recorder.h"
#include "runner/store/failure.h"
#include "runner/store/journal.h"
#include "runner/store/lease.h"
#include "runner/store/publish_pace.h"
#include "runner/store/replay.h"
#include "runner/store/staging.h"

namespace assay::store {

class Keeper {
 public:
  struct Place {
    std::string folder;  // of the run
    int attempt = 0;
    std::string run_file;  // in the folder: run.h5, or what becomes that when the run has finished
    Retention retention;
    std::string best_file;          // of what the attempt goes on from
    double seconds_before = 0;      // trained in what it goes on from
    std::int64_t step_before = -1;  // of the checkpoint that it goes on from; below 0 if there is none
  };

  /// All but `place` and `replay` outlive it. `replay` has seen the attempts before.
  Keeper(Place place, Replay replay, Journal& journal, const Lease& lease, Failure& failure,
         const Clock& clock);
  ~Keeper();
  Keeper(const Keeper&) = delete;
  Keeper& operator=(const Keeper&) = delete;

  void start();
  /// Writes what is under way and ends the thread. Fine if it is not running.
  void stop();

  // For the thread that runs the run, while the keeper runs:

  /// Copies the state and returns the file that will hold it. Waits for the checkpoint before, if that is
  /// still being written.
  std::string checkpoint(const CheckpointInfo& info, const State& state);
  /// Returns when nothing is being written any more. What went wrong is in `failure`.
  void settle();
  /// Returns when run.h5 and summary.json show everything so far; throws what went wrong.
  void publish();
  /// The step of the last checkpoint that is on the disk, to stay; below 0 if there is none.
  std::int64_t committed_step() const { return committed_step_; }
  /// What went wrong at no cost but freshness, since the last call.
  std::vector<Problem> take_warnings();

  // For whoever owns it, while the keeper does not run:

  /// Takes what was appended to the journal.
  void absorb();
  const Record& record() const { return replay_.record(); }
  void publish_now();
  /// Returns the bytes of the new run.h5.
  std::string publish_run_file();
  void publish_summary() const;

 private:
  struct Job {
    CheckpointInfo info;
    CheckpointRow row;
  };

  void work();
  void do_job();
  void write(const Job& job);
  void drop_replaced();
  void remove_dropped();
  void publish_if_due(bool has_commit);
  void add_log_lines();
  void warn(const std::string& what, const std::exception& error);
  std::string path(const std::string& file) const;
  std::string file_for(std::int64_t step, const State& state);
  void wait_for_job(std::unique_lock<std::mutex>& lock);

  const Place place_;
  Journal& journal_;
  const Lease& lease_;
  Failure& failure_;
  const Clock& clock_;
  const double start_s_;

  // The keeper's own.
  Replay replay_;
  PublishPace pace_;
  std::size_t n_logged_ = 0;          // events in log.txt
  bool has_news_ = true;              // since the last run.h5
  bool has_warned_ = false;           // since the last run.h5 that could be published
  std::vector<std::string> dropped_;  // files to remove when run.h5 does not name them any more

  // The caller's own.
  std::string best_file_;
  std::string last_file_;  // what staging_ holds
  std::int64_t last_step_ = -1;
  std::map<std::int64_t, int> n_at_step_;

  Staging staging_;  // the caller's while there is no job, the keeper's (to read) while there is one

  std::mutex mutex_;
  std::condition_variable wake_;  // the keeper
  std::condition_variable done_;  // the caller
  std::optional<Job> job_;
  bool wants_publish_ = false;
  std::exception_ptr publish_failure_;
  std::atomic<std::int64_t> committed_step_{-1};
  bool is_stopping_ = false;
  std::vector<Problem> warnings_;
  std::thread thread_;
};

}  // namespace assay::store
