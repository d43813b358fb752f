// Stochastic gradient descent, with or without momentum.
#pragma once

#include <cstdint>
#include <string>

#include "registry/contracts/families.h"

namespace assay {
class Implementations;
}

namespace assay::optimizers {

struct SgdParams {
  double lr = 0.01;
  double momentum = 0.0;
  double dampening = 0.0;
  bool nesterov = false;
  double weight_decay = 0.0;
  std::string form = "torch";
  ParameterGroups<SgdParams> groups;

  static void describe(Fields<SgdParams>& f) {
    f.about("Stochastic gradient descent: p -= lr * v, v = momentum * v + (1 - dampening) * gradient.");
    f.source(
        "Sutskever et al. 2013, On the importance of initialization and momentum in deep learning; numbers "
        "as "
        "torch.optim.SGD");
    f("lr", &SgdParams::lr, "step size", positive, log_scale);
    f("momentum", &SgdParams::momentum, "how much of the last step is kept", fraction);
    f("dampening", &SgdParams::dampening, "how much of the gradient is left out of the momentum",
      probability);
    f("nesterov", &SgdParams::nesterov, "look ahead along the momentum");
    f("weight_decay", &SgdParams::weight_decay, "added to the gradient, times the weight (L2)", non_negative,
      log_scale);
    f("form", &SgdParams::form,
      "torch: as above, the rate of now is on the whole velocity; sklearn: v = momentum * v - lr * gradient, "
      "p += v, as in scikit-learn and Keras, so that each gradient keeps the rate of its own step. The same "
      "while the rate stays",
      one_of({"torch", "sklearn"}));
    describe_groups(f);
    f.check("dampening is of the form torch",
            [](const SgdParams& p) { return p.form == "torch" || p.dampening == 0; });
    f.check("nesterov has a momentum and no dampening",
            [](const SgdParams& p) { return !p.nesterov || (p.momentum > 0 && p.dampening == 0); });
  }

  std::int64_t state_per_weight() const { return momentum > 0 ? 1 : 0; }
};

void implement_sgd(Implementations& parts);  // sgd.cpp

}  // namespace assay::optimizers
