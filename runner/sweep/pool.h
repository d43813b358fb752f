// Workers as processes of this machine: forked by a process that has loaded what they share and computed
// nothing, watched, and made again when one crashes. The process that watches does nothing that a worker
// needs: they go on as well or as badly without it, and stop when it is gone.
//
//   Pool pool(4, [&](WorkerSeat& seat) { return work(seat); }, on_crash);
//   while (pool.is_running()) { pool.look(); ... }
//
// fork, waitpid and shared memory stand here and nowhere else in this layer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include <sys/types.h>

#include "runner/sweep/worker.h"

namespace assay::sweep {

/// How a worker ended that did not end by itself.
struct Crash {
  Trial trial = WorkerSeat::none;  // that it was at
  int attempt = 0;
  store::RunState state = store::RunState::lost;  // that this leaves of the attempt, and why
  std::string reason = "crashed";                 // or time_limit
  std::string how;                                // for people
};
/// Says it in the trial's folder, if it was at one.
void release(const StudyFolder& folder, const Crash& crash);

class Pool {
 public:
  /// What a worker does, in its own process; returns its exit code and throws nothing.
  using Work = std::function<int(WorkerSeat& seat)>;
  /// A worker ended with a signal: called before another takes its place.
  using OnCrash = std::function<void(const Crash&)>;

  /// Forks the workers: no other thread may run. Throws Kind::run if there are no processes to be had.
  Pool(std::size_t n_workers, Work work, OnCrash on_crash);
  /// Ends those that are left with SIGKILL.
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  /// Takes note of what ended; makes crashed workers again, unless they are to stop; ends those whose trial
  /// is beyond its deadline. Does not wait.
  void look();
  bool is_running() const;
  /// Asks all workers to stop at a checkpoint. May be called again.
  void stop();
  /// What went wrong first, else that somebody stopped; 0 if all found everything over.
  int exit_code() const { return exit_code_; }
  /// How the last of several workers ended that crashed in a row before they found a trial, after which no
  /// more were made; empty if that did not happen.
  const std::string& gave_up() const { return gave_up_; }

  /// One for each worker, of those that are gone as they left it.
  std::span<const WorkerSeat> seats() const { return {seats_, n_workers_}; }

 private:
  void start(std::size_t place);
  void note_end(std::size_t place, int status);
  void note_code(int code);
  void end_if_overdue(std::size_t place);

  const std::size_t n_workers_;
  const Work work_;
  const OnCrash on_crash_;
  WorkerSeat* seats_ = nullptr;   // shared with the workers
  std::vector<pid_t> processes_;  // 0: ended
  std::vector<Trial> overdue_;    // that a worker was ended for; WorkerSeat::none
  bool is_stopping_ = false;
  int exit_code_ = 0;
  int n_crashes_outside_ = 0;  // of trials, in a row
  std::string gave_up_;
};

}  // namespace assay::sweep
