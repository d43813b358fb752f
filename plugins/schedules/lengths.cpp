#include "plugins/schedules/lengths.h"

#include <algorithm>
#include <cmath>

#include "core/text.h"

namespace assay::schedules {
namespace {

double exact_steps(const Duration& length, const Schedule::Needs& needs) {
  switch (length.unit) {
    case Duration::Unit::steps:
      return length.amount;
    case Duration::Unit::epochs:
      return length.amount * static_cast<double>(needs.steps_per_epoch);
    case Duration::Unit::samples:
      return length.amount / static_cast<double>(needs.batch_size);
    case Duration::Unit::percent:
      return length.amount / 100 * static_cast<double>(needs.total_steps);
    case Duration::Unit::seconds:
    case Duration::Unit::end:
      break;
  }
  ASSAY_ASSERT(!"length_rule() allows steps, epochs, samples and percent");
  return 0;
}

[[noreturn]] void fail(std::string_view key, std::string message, std::string hint) {
  throw Error(Kind::config, Problem{{}, text("schedule.", key), std::move(message), std::move(hint)});
}

}  // namespace

Rule length_rule() {
  return {"in steps, epochs, samples or percent",
          [](const Json& value) {
            const auto duration = parse_duration(value.text());
            return duration && !duration->is_time() && duration->unit != Duration::Unit::end;
          },
          Json::map()};
}

std::int64_t steps_in(const Duration& length, std::string_view key, const Schedule::Needs& needs) {
  if (length.unit == Duration::Unit::percent && length.amount > 0 && needs.total_steps == 0) {
    fail(key, text("is ", to_string(length), ", but the run is bounded by time only"),
         "write it in steps or epochs, or bound train.until by steps or epochs");
  }
  return std::llround(exact_steps(length, needs));
}

std::int64_t steps_within(const Duration& length, std::string_view key, const Schedule::Needs& needs) {
  const std::int64_t steps = steps_in(length, key, needs);
  if (needs.total_steps > 0 && steps >= needs.total_steps && steps > 0) {
    const std::string in_steps =
        length.unit == Duration::Unit::steps ? std::string() : text(" (", count_text(steps, "step"), ')');
    fail(key,
         text("is ", to_string(length), in_steps, ", but the whole run has ",
              count_text(needs.total_steps, "step")),
         key == "warmup" ? "shorten the warm-up or train longer" : "make it shorter or train longer");
  }
  return steps;
}

std::int64_t period_in(const Duration& length, std::string_view key, const Schedule::Needs& needs) {
  return std::max<std::int64_t>(1, steps_in(length, key, needs));
}

std::int64_t total_steps(std::string_view name, const Schedule::Needs& needs) {
  if (needs.total_steps > 0) return needs.total_steps;
  throw Error(
      Kind::config,
      Problem{{},
              "schedule",
              text("is ", name, ", but the run is bounded by time only, so its last step is not known"),
              "bound train.until by epochs or steps, or set `schedule: constant`"});
}

}  // namespace assay::schedules
