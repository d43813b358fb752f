// What is added to the loss for the weights themselves. The engine multiplies its value by `weight`, divides
// it (registry/contracts/penalty.h) and adds it once a step, however many parts the step's batch goes through
// in.
#pragma once

#include <vector>

#include <ATen/core/Tensor.h>

#include "registry/contracts/families.h"
#include "registry/contracts/penalty.h"

namespace assay {

class Penalty {
 public:
  using Contract = Penalty;
  struct Needs {
    std::vector<at::Tensor> parameters;  // those that `match` takes, at least one
  };
  virtual ~Penalty();
  /// Of the parameters as they are now, undivided: 0-d, differentiable. Does not wait for the device.
  virtual at::Tensor operator()() const = 0;
};

}  // namespace assay
