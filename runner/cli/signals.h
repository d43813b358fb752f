// What asks a run to stop while it trains: Ctrl-C, SIGTERM, and the SIGUSR1 or SIGUSR2 that a scheduler sends
// some time before its SIGTERM. Each makes it save a checkpoint after the current step and end. A Ctrl-C once
// it was asked leaves at once with 128 + the signal's number, as if nothing had caught it; the others may
// come again, while the checkpoint is written.
#pragma once

#include <array>
#include <atomic>
#include <csignal>

namespace assay::cli {

/// Installed while it lives. One within another sees what the outer one saw.
class StopOnSignal {
 public:
  StopOnSignal();
  ~StopOnSignal();
  StopOnSignal(const StopOnSignal&) = delete;
  StopOnSignal& operator=(const StopOnSignal&) = delete;

  /// Becomes true at the first signal.
  const std::atomic<bool>& flag() const;
  /// The last one; 0 if there was none.
  int last() const;
  /// How many there were.
  int count() const;

 private:
  static constexpr std::array<int, 4> signals_{SIGINT, SIGTERM, SIGUSR1, SIGUSR2};
  std::array<struct sigaction, signals_.size()> before_{};
};

}  // namespace assay::cli
