// How far predictions of values are off, in the units of the data: targets and scores are compared after
// undoing `dataset.targets`.
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
  }

  static std::vector<Task::Kind> tasks() { return {Task::Kind::regression}; }
};

struct MaeParams {
  static void describe(Fields<MaeParams>& f) {
    f.about("Mean absolute error over all target values, in the units of the data.");
  }

  static std::vector<Task::Kind> tasks() { return {Task::Kind::regression}; }
};

void implement_errors(Implementations& parts);  // errors.cpp

}  // namespace assay::metrics
