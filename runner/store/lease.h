// Who may work on a folder with attempts, seen from both sides. The attempt that works shows that it lives by
// a counter in `a.K/hb`, and looks whether it was overtaken; whoever wants to go on watches that counter by a
// clock of his own. No clocks are compared and nothing is locked, so it holds on network file systems.
//
//   Lease lease(folder, attempt, {}, [&](std::exception_ptr why) { failure.keep(why); });
//   ...
//   lease.check();               // before what only the owner may do; throws Kind::fenced
//
//   if (watch(folder, 3, {}, waiting) == Sign::silent) publish_claim(folder, claim_of_this_process(4, now));
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "runner/store/claim.h"

namespace assay::store {

/// `fence_after` and what a network file system's cache may lag behind (a minute) fit into `silent_after`.
struct LeaseTimes {
  std::chrono::milliseconds beat{20'000};           // between two signs of life
  std::chrono::milliseconds fence_after{90'000};    // without a sign of life, one stops oneself
  std::chrono::milliseconds silent_after{180'000};  // without one, others go on
};

class Lease {
 public:
  /// Called once, from another thread, when the attempt may not go on.
  using OnLost = std::function<void(std::exception_ptr)>;

  /// Writes the first sign of life, in `folder`/a.K, which exists, and starts the thread that goes on with
  /// it. Throws Kind::store.
  Lease(std::string folder, int attempt, LeaseTimes times, OnLost on_lost);
  ~Lease();
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  /// Throws Kind::fenced if another attempt was claimed or has finished the run, or if no sign of life could
  /// be written for too long.
  void check() const;
  /// The second half of it, without a look at the disk.
  void check_overdue() const;
  /// Ends the signs of life.
  void stop();
  /// And removes their file.
  void stop_and_remove();

 private:
  void work();
  void beat();
  static std::int64_t now_ms();

  std::string folder_;
  int attempt_;
  LeaseTimes times_;
  OnLost on_lost_;
  std::int64_t count_ = 0;
  std::atomic<std::int64_t> last_beat_ms_;  // when the last one was written
  std::mutex mutex_;
  std::condition_variable wake_;
  bool is_stopping_ = false;
  std::thread thread_;
};

/// Throws Kind::fenced if another attempt was claimed, or an earlier one that was taken for dead finished the
/// run.
void check_not_overtaken(const std::string& folder, int attempt);

/// Throws Kind::fenced: another process has ended the attempt that wanted to say how it ended.
[[noreturn]] void fail_ended(const std::string& folder);

enum class Sign {
  alive,   // the counter moved
  ended,   // the attempt was released or overtaken, or the run is finished
  silent,  // nothing for `silent_after`
};

/// Watches attempt K of a folder until one of these is known. `waiting`, if there is one, is called between
/// two looks with the seconds left at most; what it throws ends the watch.
Sign watch(const std::string& folder, int attempt, const LeaseTimes& times,
           const std::function<void(double)>& waiting);

}  // namespace assay::store
