// Whether a model knows how sure it may be.
#pragma once

#include <cstdint>
#include <vector>

#include "registry/contracts/families.h"

namespace assay {
class Implementations;
}

namespace assay::metrics {

struct CalibrationErrorParams {
  std::int64_t bins = 15;

  static void describe(Fields<CalibrationErrorParams>& f) {
    f.about(
        "Expected calibration error: samples are put into bins of equal width by the probability that "
        "softmax gives to the predicted class; the mean over samples of how far accuracy and mean "
        "probability of their bin are apart.");
    f.source("Guo et al. 2017, On calibration of modern neural networks, arXiv 1706.04599, eq. 3");
    f("bins", &CalibrationErrorParams::bins, "how many bins from 0 to 1", at_least(1));
  }

  static std::vector<Task::Kind> tasks() { return {Task::Kind::classification, Task::Kind::language_model}; }
};

void implement_calibration(Implementations& parts);  // calibration.cpp

}  // namespace assay::metrics
