#include "runner/engine/pace.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "core/text.h"

namespace assay::engine {
namespace {

// 0.1 epochs of 30 steps are 3 steps, though 0.1 * 30 is a little more than 3.
std::int64_t round_up(double steps) { return static_cast<std::int64_t>(std::ceil(steps * (1 - 1e-12))); }

/// `5%` in steps, not always whole.
double share_of_steps(const Duration& share, std::string_view key, std::int64_t total_steps) {
  if (total_steps > 0) return share.amount / 100 * static_cast<double>(total_steps);
  throw Error(Kind::config,
              Problem{{},
                      std::string(key),
                      text("is ", to_string(share), " of a run that time alone bounds"),
                      "give it in epochs, steps or seconds, or bound train.until by epochs or steps"});
}

// The number of steps that a duration stands for; nothing else may be asked of time and shares.
std::int64_t steps_of(const Duration& duration, std::string_view key, const Pace& pace) {
  switch (duration.unit) {
    case Duration::Unit::epochs:
      return round_up(duration.amount * static_cast<double>(pace.steps_per_epoch()));
    case Duration::Unit::samples:
      return pace.steps_for_samples(duration.amount);
    case Duration::Unit::steps:
      return round_up(duration.amount);
    default:
      break;
  }
  throw Error(Kind::config,
              Problem{{},
                      std::string(key),
                      text("is ", to_string(duration), ", which is no bound"),
                      "give epochs, steps, samples or a time: `20 epochs`, `5000 steps`, `2 h`"});
}

}  // namespace

std::int64_t Pace::steps_per_epoch() const {
  return drops_last ? rows / batch_size : (rows + batch_size - 1) / batch_size;
}

std::int64_t Pace::samples_per_epoch() const { return drops_last ? steps_per_epoch() * batch_size : rows; }

std::int64_t Pace::steps_for_samples(double samples) const {
  const auto per_epoch = static_cast<double>(samples_per_epoch());
  const double epochs = std::floor(samples / per_epoch);
  const double rest = samples - epochs * per_epoch;
  return static_cast<std::int64_t>(epochs) * steps_per_epoch() +
         round_up(rest / static_cast<double>(batch_size));
}

std::int64_t Pace::samples_at(std::int64_t step) const {
  const std::int64_t epochs = step / steps_per_epoch();
  const std::int64_t rest = step % steps_per_epoch();
  return epochs * samples_per_epoch() + rest * batch_size;
}

Bounds bounds_of(const Durations& until, const Pace& pace) {
  Bounds bounds;
  for (const Duration& duration : until.items) {
    if (duration.is_time()) {
      if (bounds.seconds > 0 && bounds.seconds <= duration.amount) continue;
      bounds.seconds = duration.amount;
      bounds.seconds_text = to_string(duration);
    } else {
      const std::int64_t steps = std::max<std::int64_t>(1, steps_of(duration, "train.until", pace));
      if (bounds.steps > 0 && bounds.steps <= steps) continue;
      bounds.steps = steps;
      bounds.steps_text = to_string(duration);
    }
  }
  if (bounds.steps == 0 && bounds.seconds == 0) {
    throw Error(Kind::config,
                Problem{{}, "train.until", "is empty", "say when to stop: `20 epochs`, `5000 steps`, `2 h`"});
  }
  return bounds;
}

std::int64_t step_of(const Duration& duration, std::string_view key, const Pace& pace,
                     std::int64_t total_steps) {
  if (duration.unit == Duration::Unit::percent) return round_up(share_of_steps(duration, key, total_steps));
  return steps_of(duration, key, pace);
}

Recurrence::Recurrence(const Duration& every, std::string_view key, const Pace& pace,
                       std::int64_t total_steps)
    : amount_(every.amount), pace_(pace) {
  switch (every.unit) {
    case Duration::Unit::epochs:
      by_ = By::steps;
      amount_ = every.amount * static_cast<double>(pace.steps_per_epoch());
      break;
    case Duration::Unit::percent:
      by_ = By::steps;
      amount_ = share_of_steps(every, key, total_steps);
      break;
    case Duration::Unit::steps:
      by_ = By::steps;
      break;
    case Duration::Unit::samples:
      by_ = By::samples;
      break;
    case Duration::Unit::seconds:
      by_ = By::seconds;
      break;
    case Duration::Unit::end:
      by_ = By::never;
      break;
  }
  go_on_after(0, 0);
}

void Recurrence::go_on_after(std::int64_t step, double seconds) {
  next_step_ = next_after(step);
  if (by_ == By::seconds) next_seconds_ = (std::floor(seconds / amount_) + 1) * amount_;
}

bool Recurrence::is_time_due(double seconds) {
  if (seconds < next_seconds_) return false;
  next_seconds_ = (std::floor(seconds / amount_) + 1) * amount_;
  return true;
}

std::int64_t Recurrence::next_after(std::int64_t step) const {
  if (by_ != By::steps && by_ != By::samples) return std::numeric_limits<std::int64_t>::max();
  const double reached = static_cast<double>(by_ == By::steps ? step : pace_.samples_at(step));
  for (double times = std::floor(reached / amount_) + 1;; ++times) {
    const double target = times * amount_;
    const std::int64_t next = by_ == By::steps ? round_up(target) : pace_.steps_for_samples(target);
    if (next > step) return next;
  }
}

}  // namespace assay::engine
