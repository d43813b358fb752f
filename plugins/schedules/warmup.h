// A linear rise of the learning rate at the start of a run, shared by the schedules.
#pragma once

#include <cstdint>

#include "registry/contracts/schedule.h"

namespace assay::schedules {

/// A warm-up's length is in steps, epochs, samples or percent of the run: completes "must be".
Rule warmup_length();

/// Steps of a warm-up, rounded to the nearest step. Throws Kind::config if it is a percentage of a run that
/// is bounded by time only, or as long as the run or longer.
std::int64_t warmup_steps(const Duration& warmup, const Schedule::Needs& needs);

/// (step + 1) / (warmup + 1) for step < warmup: never 0, and the first step after it, with 1, continues the
/// line. PyTorch: LinearLR(start_factor=1/(warmup+1), total_iters=warmup).
double warmup_factor(std::int64_t step, std::int64_t warmup);

}  // namespace assay::schedules
