#include "runner/cli/run_following.h"

#include <algorithm>
#include <vector>

#include "core/clock.h"
#include "core/error.h"
#include "core/text.h"
#include "registry/units.h"
#include "runner/cli/run_text.h"
#include "runner/store/run_index.h"

namespace assay::cli {
namespace {

/// Whichever of `train.until` comes first.
std::vector<Duration> bounds_of(const Json& config) {
  std::vector<Duration> bounds;
  const Json* until = config.find_path("train.until");
  if (!until) return bounds;
  const auto add = [&](const Json& one) {
    const auto bound = one.is_text() ? parse_duration(one.text()) : std::nullopt;
    if (bound && bound->amount > 0) bounds.push_back(*bound);
  };
  if (until->is_list()) {
    for (const Json& one : until->items()) add(one);
  } else {
    add(*until);
  }
  return bounds;
}

/// From the last epoch that ended, as rows say it.
double epochs_done(const store::Record& record) {
  std::int64_t steps_per_epoch = 0;
  for (const store::EventRow& event : record.events) {
    if (event.kind == "epoch_done") {
      steps_per_epoch = event.step;
      break;
    }
  }
  if (steps_per_epoch > 0) return static_cast<double>(record.step) / static_cast<double>(steps_per_epoch);
  return static_cast<double>(record.epoch);
}

}  // namespace

bool RunFollowing::look() {
  constexpr double least_pause_s = 0.5;
  constexpr double pause_per_cost = 20;
  const double begun_s = system_clock().monotonic_s();
  bool has_read = true;
  try {
    run_ = report::read_run_data(folder_);
  } catch (const Error&) {
    run_.summary = store::get_run(folder_);
    has_read = false;
  }
  pause_s_ = std::max(least_pause_s, pause_per_cost * (system_clock().monotonic_s() - begun_s));
  return has_read;
}

std::optional<double> share_done(const report::RunData& run) {
  std::optional<double> share;
  for (const Duration& bound : bounds_of(run.record.begin.resolved)) {
    double done = 0;
    if (bound.unit == Duration::Unit::epochs) {
      done = epochs_done(run.record);
    } else if (bound.unit == Duration::Unit::steps) {
      done = static_cast<double>(run.record.step);
    } else if (bound.is_time()) {
      done = run.record.seconds;
    } else {
      continue;
    }
    share = std::max(share.value_or(0), std::min(done / bound.amount, 1.0));
  }
  return share;
}

std::string event_text(const store::EventRow& event) {
  const std::string message = event.message.substr(0, event.message.find(", weights "));
  return printable(text(local_time(event.wall_ns).substr(11), "  step ", event.step, "  ", event.kind, "  ",
                        message.substr(0, message.find('\n'))));
}

}  // namespace assay::cli
