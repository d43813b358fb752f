// Ctrl-C and a scheduler's SIGTERM, while a run trains: the first asks it to stop after the current step, the
// second leaves at once with 128 + the signal's number, as if nothing had caught it.
#pragma once

#include <atomic>
#include <csignal>

namespace assay::cli {

/// Installed while it lives; one at a time.
class StopOnSignal {
 public:
  StopOnSignal();
  ~StopOnSignal();
  StopOnSignal(const StopOnSignal&) = delete;
  StopOnSignal& operator=(const StopOnSignal&) = delete;

  /// Becomes true at the first signal.
  const std::atomic<bool>& flag() const;

 private:
  struct sigaction before_interrupt_ {};
  struct sigaction before_terminate_ {};
};

}  // namespace assay::cli
