// A run that goes on, read again and again from its files alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "runner/report/run_data.h"

namespace assay::cli {

/// Reads a run whenever it is asked to, and says how long to wait until the next time: a long journal is read
/// seldom, so that looking on costs a twentieth of a processor at most.
class RunFollowing {
 public:
  explicit RunFollowing(std::string folder) : folder_(std::move(folder)) {}

  /// False if there is no record to read yet, as in the first moments of a run: what was read before stays.
  bool look();
  const report::RunData& run() const { return run_; }
  bool is_running() const { return run_.summary.state == store::RunState::running; }
  double pause_s() const { return pause_s_; }

 private:
  std::string folder_;
  report::RunData run_;
  double pause_s_ = 0;
};

/// How much of a run is done, by `train.until` of its config; nothing if that cannot be told yet. From 0
/// to 1.
std::optional<double> share_done(const report::RunData& run);

/// `12:30:05  step 312  evaluated  valid/loss 0.31`, printable().
std::string event_text(const store::EventRow& event);

}  // namespace assay::cli
