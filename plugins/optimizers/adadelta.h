// Adadelta: steps in the units of the weights, by two running means.
#pragma once

#include <cstdint>

#include "registry/contracts/families.h"

namespace assay {
class Implementations;
}

namespace assay::optimizers {

struct AdadeltaParams {
  double lr = 1.0;
  double rho = 0.9;
  double eps = 1e-6;
  double weight_decay = 0.0;
  ParameterGroups<AdadeltaParams> groups;

  static void describe(Fields<AdadeltaParams>& f) {
    f.about(
        "Adadelta: steps of sqrt(d + eps) / sqrt(v + eps) * g, where v and d are running means of squared "
        "gradients and of squared steps. Keras before version 3 starts from lr: 1, rho: 0.95, eps: 1e-7; "
        "with the lr of 0.001 of later ones it hardly moves.");
    f.source(
        "Zeiler 2012, ADADELTA: An Adaptive Learning Rate Method, alg. 1; numbers as torch.optim.Adadelta");
    f("lr", &AdadeltaParams::lr, "factor on the step; the paper has none", positive, log_scale);
    f("rho", &AdadeltaParams::rho, "decay of both means", fraction);
    f("eps", &AdadeltaParams::eps, "added to both means: how large the first steps are", positive, log_scale);
    f("weight_decay", &AdadeltaParams::weight_decay, "added to the gradient, times the weight (L2)",
      non_negative, log_scale);
    describe_groups(f);
  }

  std::int64_t state_per_weight() const { return 2; }
};

void implement_adadelta(Implementations& parts);  // adadelta.cpp

}  // namespace assay::optimizers
