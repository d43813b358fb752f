// RMSprop: steps scaled by a running mean of squared gradients.
#pragma once

#include <cstdint>

#include "registry/contracts/families.h"

namespace assay {
class Implementations;
}

namespace assay::optimizers {

struct RmspropParams {
  double lr = 0.01;
  double alpha = 0.99;
  double eps = 1e-8;
  double weight_decay = 0.0;
  double momentum = 0.0;
  bool centered = false;
  ParameterGroups<RmspropParams> groups;

  static void describe(Fields<RmspropParams>& f) {
    f.about(
        "RMSprop: p -= lr * g / (sqrt(v) + eps), v = alpha * v + (1 - alpha) * g^2. Keras starts from "
        "lr: 1e-3, alpha: 0.9 (its rho), eps: 1e-7.");
    f.source(
        "Hinton 2012, Neural Networks for Machine Learning, lecture 6e; centered: Graves 2013, Generating "
        "Sequences With Recurrent Neural Networks, sec. 4.2; numbers as torch.optim.RMSprop");
    f("lr", &RmspropParams::lr, "step size", positive, log_scale);
    f("alpha", &RmspropParams::alpha, "decay of the mean square", fraction);
    f("eps", &RmspropParams::eps, "added to the root of the mean square, so that it is never 0", positive,
      log_scale);
    f("weight_decay", &RmspropParams::weight_decay, "added to the gradient, times the weight (L2)",
      non_negative, log_scale);
    f("momentum", &RmspropParams::momentum, "how much of the last step is kept", fraction);
    f("centered", &RmspropParams::centered, "scale by the variance: the mean square less the squared mean");
    describe_groups(f);
  }

  std::int64_t state_per_weight() const { return 1 + (momentum > 0 ? 1 : 0) + (centered ? 1 : 0); }
};

void implement_rmsprop(Implementations& parts);  // rmsprop.cpp

}  // namespace assay::optimizers
