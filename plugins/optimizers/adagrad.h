// Adagrad: steps scaled by the sum of all squared gradients.
#pragma once

#include <cstdint>

#include "registry/contracts/families.h"

namespace assay {
class Implementations;
}

namespace assay::optimizers {

struct AdagradParams {
  double lr = 0.01;
  double lr_decay = 0.0;
  double weight_decay = 0.0;
  double initial_accumulator_value = 0.0;
  double eps = 1e-10;
  ParameterGroups<AdagradParams> groups;

  static void describe(Fields<AdagradParams>& f) {
    f.about("Adagrad: p -= lr * g / (sqrt(sum) + eps), where sum is that of all squared gradients.");
    f.source(
        "Duchi et al. 2011, Adaptive Subgradient Methods for Online Learning and Stochastic Optimization; "
        "numbers as torch.optim.Adagrad");
    f("lr", &AdagradParams::lr, "step size", positive, log_scale);
    f("lr_decay", &AdagradParams::lr_decay, "step t, from 0, has the rate lr / (1 + t * lr_decay)",
      non_negative, log_scale);
    f("weight_decay", &AdagradParams::weight_decay, "added to the gradient, times the weight (L2)",
      non_negative, log_scale);
    f("initial_accumulator_value", &AdagradParams::initial_accumulator_value, "what the sum starts from",
      non_negative);
    f("eps", &AdagradParams::eps, "added to the denominator, so that it is never 0", positive, log_scale);
    describe_groups(f);
  }

  std::int64_t state_per_weight() const { return 1; }
};

void implement_adagrad(Implementations& parts);  // adagrad.cpp

}  // namespace assay::optimizers
