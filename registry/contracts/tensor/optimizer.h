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
  double factor = 1;           // the schedule's, on the learning rate
  at::Tensor grad_scale = {};  // gradient scaling: undefined if off
  at::Tensor found_inf = {};   // 0-d f32: 1 skips the step; undefined if off
  /// For optimizers that need it (Optimizer::needs_closure), else empty: clears the gradients, computes loss
  /// and penalties of the same batch again, with the same random draws, leaves their gradients and returns
  /// the value. Waits for the device. The first call gives what is there already, of the weights as they were
  /// handed over: it comes before the weights are moved.
  std::function<double()> closure = {};
};

/// Parameters that are trained alike.
template <class P>
struct TrainedGroup {
  P params;  // the optimizer's, as they are in this group
  std::vector<TrainedParameter> parameters;
};

/// An optimizer's parameters by its `groups`, and those of no group last. Groups that take none are left out.
template <class P>
std::vector<TrainedGroup<P>> trained_groups(const P& params,
                                            const std::vector<TrainedParameter>& parameters) {
  std::vector<TrainedGroup<P>> groups;
  for (const ParameterGroup<P>& group : params.groups) groups.push_back({in_group(group, params), {}});
  groups.push_back({params, {}});
  for (const TrainedParameter& parameter : parameters) {
    groups[group_of(params.groups, parameter.name)].parameters.push_back(parameter);
  }
  std::erase_if(groups, [](const TrainedGroup<P>& group) { return group.parameters.empty(); });
  return groups;
}

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
  /// Whether step() calls StepContext::closure. Its parameters declare `needs_closure` as well, for `check`.
  virtual bool needs_closure() const { return false; }
  /// The learning rate without the schedule's factor.
  virtual double learning_rate() const = 0;
  /// The same of each of the config's `groups`, in their order; learning_rate() is that of the rest.
  virtual std::vector<double> group_rates() const { return {}; }
  virtual void save(StateWriter& out) const = 0;
  virtual void load(const StateReader& in) = 0;
};

}  // namespace assay
