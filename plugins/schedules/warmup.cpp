#include "plugins/schedules/warmup.h"

#include <cmath>

#include "core/text.h"

namespace assay::schedules {
namespace {

double exact_steps(const Duration& warmup, const Schedule::Needs& needs) {
  switch (warmup.unit) {
    case Duration::Unit::steps:
      return warmup.amount;
    case Duration::Unit::epochs:
      return warmup.amount * static_cast<double>(needs.steps_per_epoch);
    case Duration::Unit::samples:
      return warmup.amount / static_cast<double>(needs.batch_size);
    case Duration::Unit::percent:
      return warmup.amount / 100 * static_cast<double>(needs.total_steps);
    case Duration::Unit::seconds:
    case Duration::Unit::end:
      break;
  }
  ASSAY_ASSERT(!"warmup_length() allows steps, epochs, samples and percent");
  return 0;
}

[[noreturn]] void fail(std::string message, std::string hint) {
  throw Error(Kind::config, Problem{{}, "schedule.warmup", std::move(message), std::move(hint)});
}

}  // namespace

Rule warmup_length() {
  return {"in steps, epochs, samples or percent",
          [](const Json& value) {
            const auto duration = parse_duration(value.text());
            return duration && !duration->is_time() && duration->unit != Duration::Unit::end;
          },
          Json::map()};
}

std::int64_t warmup_steps(const Duration& warmup, const Schedule::Needs& needs) {
  const bool is_bounded = needs.total_steps > 0;
  if (warmup.unit == Duration::Unit::percent && warmup.amount > 0 && !is_bounded) {
    fail(text("is ", to_string(warmup), ", but the run is bounded by time only"),
         "write it in steps or epochs, or bound train.until by steps or epochs");
  }
  const std::int64_t steps = std::llround(exact_steps(warmup, needs));
  if (is_bounded && steps >= needs.total_steps && steps > 0) {
    const std::string in_steps =
        warmup.unit == Duration::Unit::steps ? std::string() : text(" (", count_text(steps, "step"), ')');
    fail(text("is ", to_string(warmup), in_steps, ", but the whole run has ",
              count_text(needs.total_steps, "step")),
         "shorten the warm-up or train longer");
  }
  return steps;
}

double warmup_factor(std::int64_t step, std::int64_t warmup) {
  return static_cast<double>(step + 1) / static_cast<double>(warmup + 1);
}

}  // namespace assay::schedules
