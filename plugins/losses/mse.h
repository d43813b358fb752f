// The loss of regression.
#pragma once

#include <vector>

#include "registry/contracts/families.h"

namespace assay {
class Implementations;
}

namespace assay::losses {

struct MseParams {
  static void describe(Fields<MseParams>& f) {
    f.about(
        "Mean squared error over all target values, in the scale that the model learns in (after "
        "`dataset.targets`).");
  }

  static std::vector<Task::Kind> tasks() { return {Task::Kind::regression, Task::Kind::sequence}; }
};

void implement_mse(Implementations& parts);  // mse.cpp

}  // namespace assay::losses
