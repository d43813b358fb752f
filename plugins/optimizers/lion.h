// Lion: steps of one size, by the sign of a momentum.
#pragma once

#include <cstdint>
#include <vector>

#include "registry/contracts/families.h"

namespace assay {
class Implementations;
}

namespace assay::optimizers {

struct LionParams {
  double lr = 1e-4;
  std::vector<double> betas{0.9, 0.99};
  double weight_decay = 0.0;
  ParameterGroups<LionParams> groups;

  static void describe(Fields<LionParams>& f) {
    f.about(
        "Lion: p -= lr * (sign(b1 * m + (1 - b1) * g) + weight_decay * p), then m = b2 * m + (1 - b2) * g. "
        "Its rate is about a tenth of AdamW's, its weight_decay ten times as large.");
    f.source("Chen et al. 2023, Symbolic Discovery of Optimization Algorithms, program 1");
    f("lr", &LionParams::lr, "step size of every weight", positive, log_scale);
    f("betas", &LionParams::betas, "how much of the momentum is in a step, and how much of it is kept",
      length(2), each(fraction()));
    f("weight_decay", &LionParams::weight_decay, "each step shrinks the weights by lr times this",
      non_negative, log_scale);
    describe_groups(f);
  }

  std::int64_t state_per_weight() const { return 1; }
};

void implement_lion(Implementations& parts);  // lion.cpp

}  // namespace assay::optimizers
