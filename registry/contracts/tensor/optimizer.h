// How weights move.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "registry/contracts/families.h"
#include "registry/contracts/state.h"

namespace assay {

/// A named parameter to train; gradients are read from it.
struct TrainedParameter {
  std::string name;
  at::Tensor tensor;
};

/// What the engine hands over with a step.
struct StepContext {
  double factor = 1;                     // the schedule's, on the learning rate
  at::Tensor grad_scale = {};            // gradient scaling: undefined if off
  at::Tensor found_inf = {};             // 0-d f32: 1 skips the step; undefined if off
  std::function<double()> closure = {};  // recomputes loss and gradients, for optimizers that need it
};

class Optimizer {
 public:
  using Contract = Optimizer;
  struct Needs {
    std::vector<TrainedParameter> parameters;
  };
  virtual ~Optimizer();
  /// One update of all parameters that have a gradient. Does not clear gradients, does not wait for the
  /// device.
  virtual void step(const StepContext& context) = 0;
  /// The learning rate without the schedule's factor.
  virtual double learning_rate() const = 0;
  virtual void save(StateWriter& out) const = 0;
  virtual void load(const StateReader& in) = 0;
};

}  // namespace assay
