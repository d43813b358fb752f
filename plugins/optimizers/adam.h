// Adam and AdamW: steps scaled by running moments of the gradient.
#pragma once

#include <cstdint>
#include <vector>

#include "registry/contracts/families.h"

namespace assay {
class Implementations;
}

namespace assay::optimizers {

struct AdamParams {
  double lr = 1e-3;
  std::vector<double> betas{0.9, 0.999};
  double eps = 1e-8;
  double weight_decay = 0.0;
  bool amsgrad = false;
  ParameterGroups<AdamParams> groups;

  static void describe(Fields<AdamParams>& f) {
    f.about("Adam: steps scaled by running means of the gradient and of its square.");
    f.source("Kingma and Ba 2015, Adam: A Method for Stochastic Optimization");
    f("lr", &AdamParams::lr, "step size", positive, log_scale);
    f("betas", &AdamParams::betas, "decay of the mean and of the mean square", length(2), each(fraction()));
    f("eps", &AdamParams::eps, "added to the denominator, so that it is never 0", positive, log_scale);
    f("weight_decay", &AdamParams::weight_decay, "added to the gradient, times the weight (L2)", non_negative,
      log_scale);
    f("amsgrad", &AdamParams::amsgrad, "use the largest mean square so far (Reddi et al. 2018)");
    describe_groups(f);
  }

  std::int64_t state_per_weight() const { return amsgrad ? 3 : 2; }
};

struct AdamWParams {
  double lr = 1e-3;
  std::vector<double> betas{0.9, 0.999};
  double eps = 1e-8;
  double weight_decay = 0.01;
  bool amsgrad = false;
  ParameterGroups<AdamWParams> groups;

  static void describe(Fields<AdamWParams>& f) {
    f.about("AdamW: Adam with weight decay apart from the gradient.");
    f.source("Loshchilov and Hutter 2019, Decoupled Weight Decay Regularization");
    f("lr", &AdamWParams::lr, "step size", positive, log_scale);
    f("betas", &AdamWParams::betas, "decay of the mean and of the mean square", length(2), each(fraction()));
    f("eps", &AdamWParams::eps, "added to the denominator, so that it is never 0", positive, log_scale);
    f("weight_decay", &AdamWParams::weight_decay, "each step shrinks the weights by lr times this",
      non_negative, log_scale);
    f("amsgrad", &AdamWParams::amsgrad, "use the largest mean square so far (Reddi et al. 2018)");
    describe_groups(f);
  }

  std::int64_t state_per_weight() const { return amsgrad ? 3 : 2; }
};

void implement_adam(Implementations& parts);  // adam.cpp

}  // namespace assay::optimizers
