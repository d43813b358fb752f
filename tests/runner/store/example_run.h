// A small run for the store's tests, and a clock that they move.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "core/clock.h"
#include "registry/contracts/state.h"
#include "runner/store/record_writer.h"

namespace assay::testing {

class HandClock final : public Clock {
 public:
  std::int64_t wall_ns() const override { return start_ns + static_cast<std::int64_t>(now_s * 1e9); }
  double monotonic_s() const override { return now_s; }
  std::atomic<std::int64_t> start_ns = 1'800'000'000'000'000'000;
  std::atomic<double> now_s = 0;  // the store looks from threads of its own
};

/// A run of `name` in `runs_dir` with the id 3f2a91c0de.
store::BeginRun example_begin(const std::string& runs_dir, const std::string& name = "digits-mlp");

/// Parameters (f32, bf16), a buffer and an optimizer's state; `shift` makes them another step's.
State example_state(float shift = 0);

/// [2, 3] i64, which begins with `first`.
Array example_array(std::int64_t first);

/// Two epochs of two steps with evaluation and an array each, a best checkpoint after the first epoch, a
/// final one, and the end.
void write_example(Recorder& record);

/// The outcome of write_example.
Outcome example_outcome();

}  // namespace assay::testing
