// Where the time of some steps goes, for `assay run --profile`: LibTorch's profiler records what they run,
// under ranges that say what the engine is doing (Activity).
#pragma once

#include <cstdint>
#include <optional>

#include <ATen/record_function.h>
#include <c10/core/Device.h>

#include "registry/contracts/engine.h"
#include "runner/engine/faults.h"

namespace assay::engine {

class Profiling final : public ActivityWatcher {
 public:
  /// All outlive it; `activity` tells it what begins. One at a time in a process.
  Profiling(Profile& profile, Activity& activity, at::Device device);
  ~Profiling() override;
  Profiling(const Profiling&) = delete;
  Profiling& operator=(const Profiling&) = delete;

  /// Begins with the first step that is looked at, and ends after the last of them.
  void before_step();
  /// The run is over: ends. Throws Kind::store if the trace cannot be written.
  void finish();

  void changed(const Activity& activity) override;

 private:
  void start();
  void stop();

  Profile& profile_;
  Activity& activity_;
  at::Device device_;
  std::int64_t seen_ = 0;  // steps of this attempt
  bool is_recording_ = false;
  double started_s_ = 0;                     // then, monotonic
  std::optional<at::RecordFunction> range_;  // of the activity
};

}  // namespace assay::engine
