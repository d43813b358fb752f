#include "runner/cli/threads.h"

#include <cstdio>

#include "core/clock.h"
#include "core/text.h"

namespace assay::cli {
namespace {

std::string milliseconds(double seconds) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.3g ms", 1e3 * seconds);
  return buffer;
}

}  // namespace

bool take_recorded_threads(const store::Record& record, Experiment& experiment) {
  const Json* threads = record.begin.environment.find("threads");
  if (!experiment.threads.is_auto() || threads == nullptr || !threads->is_integer()) return false;
  experiment.threads.count = threads->integer();
  return true;
}

std::string threads_text(const Threads& threads) {
  return threads.is_auto() ? "threads measured when the run begins" : count_text(threads.count, "thread");
}

std::string threads_text(const ThreadChoice& choice) {
  std::vector<std::string> measured;
  for (const auto& [threads, step_s] : choice.measured) {
    measured.push_back(text(threads, threads == 1 ? " takes " : " take ", milliseconds(step_s)));
  }
  const std::string how =
      measured.empty() ? "nothing to choose from"
                       : text(join(measured, ", "), " a step; measured in ", duration_text(choice.seconds));
  return text(count_text(choice.threads, "thread"), " (auto: ", how, ')');
}

Json to_json(const ThreadChoice& choice) {
  Json measured = Json::list();
  for (const auto& [threads, step_s] : choice.measured) {
    measured.push(Json(Json::Map{{"threads", threads}, {"step_s", step_s}}));
  }
  return Json(Json::Map{{"measured", std::move(measured)}, {"seconds", choice.seconds}});
}

}  // namespace assay::cli
