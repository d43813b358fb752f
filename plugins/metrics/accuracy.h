// The share of samples whose class was found.
#pragma once

#include <vector>

#include "registry/contracts/families.h"

namespace assay {
class Implementations;
}

namespace assay::metrics {

struct AccuracyParams {
  static void describe(Fields<AccuracyParams>& f) {
    f.about(
        "The share of samples, or of places in sequences, whose highest score is that of the true class, "
        "from "
        "0 to 1. Of equal scores the first wins.");
  }

  static std::vector<Task::Kind> tasks() { return {Task::Kind::classification, Task::Kind::language_model}; }
  static constexpr bool is_better_high = true;
};

void implement_accuracy(Implementations& parts);  // accuracy.cpp

}  // namespace assay::metrics
