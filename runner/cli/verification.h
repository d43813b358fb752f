// A record that keeps nothing and compares: each row, each array that is kept, each epoch's weights and each
// kept checkpoint of a run that is done again, with what the run recorded. It asks to stop at the first
// difference.
//
//   Verification again(recorded, {.tolerance = 0, .last_step = 400});
//   engine.train({..., again, listener, false, &again.stop()});
//   if (again.differences().empty()) ...        // identical, as far as it was compared
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "registry/contracts/recorder.h"
#include "runner/cli/recorded.h"
#include "runner/store/exact_diff.h"

namespace assay::cli {

class Verification final : public Recorder, public Listener {
 public:
  struct Limits {
    double tolerance = 0;  // by which numbers may differ; then weights' digests are not compared
    std::int64_t last_step = INT64_MAX;  // what comes after it is not done; the greatest: to the run's end
  };
  struct Compared {
    std::int64_t rows = 0;
    std::int64_t arrays = 0;  // of those that were logged, the latest of each name
    std::int64_t epochs = 0;  // by their weights
    std::int64_t checkpoints = 0;
    std::int64_t step = 0;  // the last that was done
  };

  /// All outlive it. others: hears the events as well. is_stop_asked: from outside.
  Verification(const RecordedRun& run, Limits limits, Listener& others,
               const std::atomic<bool>& is_stop_asked);

  const std::atomic<bool>& stop() const { return stop_; }
  const Compared& compared() const { return compared_; }
  /// A difference beyond the tolerance was found.
  bool is_beyond() const { return is_beyond_; }
  /// The first beyond the tolerance and what else differs there; or all within it, in the order of steps.
  const std::vector<store::RecordDifference>& differences() const { return differences_; }

  void log(std::int64_t step, std::int64_t epoch, std::span<const Scalar> row) override;
  void array(std::int64_t step, std::string_view name, const ArrayView& values) override;
  void event(const Event& event) override;
  std::string checkpoint(const CheckpointInfo& info, const State& state) override;
  void settle() override {}
  void publish() override {}
  void note(std::string_view, Json) override {}
  void finish(const Outcome&) override {}

  void on(const Event& event) override;

 private:
  /// Whether the run went back behind this step later, so that the record holds what it did then.
  bool is_done_again(std::int64_t step) const;
  void compare_weights(const EpochDone& event);
  void add(store::RecordDifference difference);

  const RecordedRun& run_;
  Limits limits_;
  Listener& others_;
  const std::atomic<bool>& is_stop_asked_;
  std::map<std::int64_t, std::string> weights_;  // by step, the recorded digests
  std::vector<std::int64_t> rollbacks_;          // the steps that the run went back to, in order
  std::size_t n_rollbacks_ = 0;                  // seen so far
  std::atomic<bool> stop_ = false;
  bool is_beyond_ = false;
  Compared compared_;
  std::vector<store::RecordDifference> differences_;
};

}  // namespace assay::cli
