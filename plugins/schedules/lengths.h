// Durations of schedules in steps, and the end of the run that they aim at.
#pragma once

#include <cstdint>
#include <string_view>

#include "registry/contracts/schedule.h"

namespace assay::schedules {

/// Lengths are in steps, epochs, samples or percent of the run: completes "must be".
Rule length_rule();

/// Rounded to the nearest step. key: of the duration, for the error ("warmup"). Throws Kind::config for a
/// percentage of a run that is bounded by time only.
std::int64_t steps_in(const Duration& length, std::string_view key, const Schedule::Needs& needs);

/// As above; also throws if it is as long as the run or longer.
std::int64_t steps_within(const Duration& length, std::string_view key, const Schedule::Needs& needs);

/// At least one step: of what recurs.
std::int64_t period_in(const Duration& length, std::string_view key, const Schedule::Needs& needs);

/// The number of steps of the run. Throws Kind::config if it is bounded by time only. name: the schedule's.
std::int64_t total_steps(std::string_view name, const Schedule::Needs& needs);

}  // namespace assay::schedules
