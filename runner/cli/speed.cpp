#include "runner/cli/speed.h"

#include <algorithm>
#include <cstdio>

#include "core/clock.h"
#include "core/text.h"

namespace assay::cli {
namespace {

/// `0.62 ms`, `1.8 s`.
std::string step_text(double seconds) {
  char buffer[32];
  if (seconds < 1) {
    std::snprintf(buffer, sizeof buffer, "%.3g ms", 1e3 * seconds);
  } else {
    std::snprintf(buffer, sizeof buffer, "%.3g s", seconds);
  }
  return buffer;
}

}  // namespace

bool leaves_speed_open(const Experiment& experiment) {
  return experiment.threads.is_auto() || experiment.train.memory_format == "auto";
}

void take_recorded_speed(const store::Record& record, Experiment& experiment) {
  const Json* threads = record.begin.environment.find("threads");
  if (experiment.threads.is_auto() && threads != nullptr && threads->is_integer()) {
    experiment.threads.count = threads->integer();
  }
  const Json* format = record.begin.environment.find("memory_format");
  if (experiment.train.memory_format == "auto" && format != nullptr && format->is_text()) {
    experiment.train.memory_format = format->text();
  }
}

std::string threads_text(const Threads& threads) {
  return threads.is_auto() ? "threads measured when the run begins" : count_text(threads.count, "thread");
}

std::string speed_text(const SpeedChoice& choice) {
  const auto is_other = [&](const auto& each) {
    return each.memory_format != choice.measured.front().memory_format;
  };
  const bool has_formats = std::ranges::any_of(choice.measured, is_other);
  std::vector<std::string> measured;
  for (const auto& [threads, format, step_s] : choice.measured) {
    const std::string what = has_formats ? text(threads, ' ', format) : text(threads);
    measured.push_back(text(what, threads == 1 ? " takes " : " take ", step_text(step_s)));
  }
  const std::string how =
      measured.empty() ? "nothing to choose from"
                       : text(join(measured, ", "), " a step; measured in ", duration_text(choice.seconds));
  const std::string format = has_formats ? ", " + choice.memory_format : "";
  return text(count_text(choice.threads, "thread"), format, " (auto: ", how, ')');
}

Json to_json(const SpeedChoice& choice) {
  Json measured = Json::list();
  for (const auto& [threads, format, step_s] : choice.measured) {
    measured.push(Json(Json::Map{{"threads", threads}, {"memory_format", format}, {"step_s", step_s}}));
  }
  return Json(Json::Map{{"measured", std::move(measured)}, {"seconds", choice.seconds}});
}

}  // namespace assay::cli
