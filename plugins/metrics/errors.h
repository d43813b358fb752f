// How far predictions of values are off, in the units of the data: targets and what the loss reads in the
// scores are compared after undoing `dataset.targets`.
#pragma once

#include <vector>

#include "registry/contracts/families.h"

namespace assay {
class Implementations;
}

namespace assay::metrics {

struct RmseParams {
  static void describe(Fields<RmseParams>& f) {
    f.about("Root of the mean squared error over all target values, in the units of the data.");
    f.source("sklearn.metrics.root_mean_squared_error");
  }

  static std::vector<Task::Kind> tasks() { return {Task::Kind::regression}; }
};

struct MaeParams {
  static void describe(Fields<MaeParams>& f) {
    f.about("Mean absolute error over all target values, in the units of the data.");
    f.source("sklearn.metrics.mean_absolute_error");
  }

  static std::vector<Task::Kind> tasks() { return {Task::Kind::regression}; }
};

struct R2Params {
  static void describe(Fields<R2Params>& f) {
    f.about(
        "Coefficient of determination, 1 - squared errors / squared distances from the mean: 1 where all "
        "is right, 0 for who always says the mean. Of several target values the mean of theirs. Of "
        "targets that are all the same 1 or 0; of a single row nan.");
    f.source("sklearn.metrics.r2_score");
  }

  static std::vector<Task::Kind> tasks() { return {Task::Kind::regression}; }
  static constexpr bool is_better_high = true;
};

void implement_errors(Implementations& parts);  // errors.cpp

}  // namespace assay::metrics
