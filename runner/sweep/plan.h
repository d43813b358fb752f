// What a sweep would do, before it does anything: exact counts, every trial of a grid bound, a preview.
//
//   const Plan plan = plan_of(study, {.limit = 1000, .check = shapes});
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "runner/sweep/study.h"

namespace assay::sweep {

struct PlanOptions {
  /// More trials than this (refits included) are an error, with the count; 0: any number.
  std::int64_t limit = 0;
  /// Called once for each distinct data set and model with its loss and metrics; throws what is wrong with
  /// it. May be empty.
  std::function<void(const BoundConfig&)> check = {};
};

struct PlannedConfiguration {
  Unit unit;  // of its first repeat
  std::string label;
};

struct Plan {
  Layout layout;
  /// False for a sampler that learns: what it proposes is not known yet, and only its first configurations
  /// are listed.
  bool is_complete = false;
  std::vector<PlannedConfiguration> configurations;  // of each group, in the order of their numbers
  std::int64_t n_checked = 0;                        // distinct data and models
};

/// Binds every configuration that can be known now (a learning sampler's: the enqueued ones); repeats differ
/// in seed or fold only. Throws Error(Kind::config) with every problem found, each with the trial's values
/// where it does not point to one of them; at most 20 trials' problems. Reads no data itself.
Plan plan_of(const Study& study, const PlanOptions& options);

}  // namespace assay::sweep
