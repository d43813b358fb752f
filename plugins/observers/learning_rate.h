// Logs the learning rates of parameter groups.
#pragma once

#include "registry/contracts/families.h"

namespace assay {
class Implementations;
}

namespace assay::observers {

struct LearningRateParams {
  static void describe(Fields<LearningRateParams>& f) {
    f.about(
        "Logs the learning rate of each of the optimizer's groups with every row of training, as "
        "train/lr.groups.0, in the order of the config. The rate of the parameters in no group is train/lr, "
        "which every run logs.");
  }
};

void implement_learning_rate(Implementations& parts);  // learning_rate.cpp

}  // namespace assay::observers
