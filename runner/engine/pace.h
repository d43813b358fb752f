// How the durations of a config become steps. A run's pace is known before it starts, so whatever is given in
// epochs, steps or samples is a step number, found beforehand; only time has to be looked at while the run
// goes on.
//
//   const Pace pace{.rows = 1257, .batch_size = 64, .drops_last = false};
//   const Bounds bounds = bounds_of(train.until, pace);        // 20 epochs: step 400
//   Recurrence log(train.log_every, "train.log_every", pace, bounds.steps);
//   if (log.is_due(step, seconds)) ...
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "registry/units.h"

namespace assay::engine {

/// How fast a run goes through its training rows.
struct Pace {
  std::int64_t rows = 0;
  std::int64_t batch_size = 1;
  bool drops_last = false;

  std::int64_t steps_per_epoch() const;
  /// Rows that are trained on in one epoch: all, or those of whole batches.
  std::int64_t samples_per_epoch() const;
  /// The first step at which at least so many samples were trained on.
  std::int64_t steps_for_samples(double samples) const;
  std::int64_t samples_at(std::int64_t step) const;
};

/// Where a run ends: whichever comes first. 0: no such bound.
struct Bounds {
  std::int64_t steps = 0;
  double seconds = 0;
  std::string steps_text;  // the duration that gave the bound, as it would be written: "20 epochs"
  std::string seconds_text;
};

/// Throws Kind::config for durations that bound nothing (`5%`, `end`, an empty list).
Bounds bounds_of(const Durations& until, const Pace& pace);

/// The step that a stretch of training comes to, rounded up; a percentage is of total_steps. key: for errors.
/// Throws Kind::config for a percentage if total_steps is 0, for times and `end`.
std::int64_t step_of(const Duration& duration, std::string_view key, const Pace& pace,
                     std::int64_t total_steps);

/// Tells when something that happens every so often is due. It follows from the step alone (or from the time,
/// where the config asks for time), so a run that goes on in another process keeps the same rhythm.
class Recurrence {
 public:
  /// key: for errors. total_steps: what `5%` is a part of; throws Kind::config for a percentage if it is 0.
  Recurrence(const Duration& every, std::string_view key, const Pace& pace, std::int64_t total_steps);

  /// True if a due time was reached since the last true. Steps must not go back. seconds: looked at only if
  /// needs_time().
  bool is_due(std::int64_t step, double seconds) {
    if (by_ == By::seconds) return is_time_due(seconds);
    if (step < next_step_) return false;
    next_step_ = next_after(step);
    return true;
  }
  bool needs_time() const { return by_ == By::seconds; }
  /// For a run that goes on at a step: what was due until then is not due again.
  void go_on_after(std::int64_t step, double seconds);

 private:
  enum class By { steps, samples, seconds, never };
  bool is_time_due(double seconds);
  std::int64_t next_after(std::int64_t step) const;

  By by_ = By::never;
  double amount_ = 0;  // steps (not always whole), samples or seconds
  Pace pace_;
  std::int64_t next_step_ = 0;
  double next_seconds_ = 0;
};

}  // namespace assay::engine
