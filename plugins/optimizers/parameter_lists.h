// Parameters, gradients and states as the aligned lists that LibTorch's fused and foreach kernels take.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "registry/contracts/state.h"
#include "registry/contracts/tensor/optimizer.h"

namespace assay::optimizers {

/// What one call of a kernel works on.
struct ActiveLists {
  std::vector<at::Tensor> parameters;
  std::vector<at::Tensor> gradients;
  std::vector<std::vector<at::Tensor>> states;  // [state][parameter]
  std::vector<std::size_t> indices;             // of each parameter among all
};

/// The parameters of an optimizer, each with a few states ("exp_avg") of its own shape, zeros at first.
///
///   const ActiveLists& active = lists.gather();
///   at::_fused_sgd_(active.parameters, active.gradients, active.states[0], ...);
///   lists.release();
class ParameterLists {
 public:
  ParameterLists(std::vector<TrainedParameter> parameters, std::vector<std::string> state_names);

  /// All parameters that have a gradient at the moment. Built anew when these are others than last time; else
  /// only the gradients are taken, without an allocation.
  const ActiveLists& gather();
  /// Lets go of the gradients, so that clearing them frees their memory.
  void release();
  /// Gives a state another first value than 0.
  void fill(std::size_t state, double value);

  std::size_t size() const { return parameters_.size(); }
  const std::string& name(std::size_t parameter) const { return parameters_[parameter].name; }

  /// The states of one parameter, as "<parameter>/<state>".
  void save(StateWriter& out, std::size_t parameter) const;
  void load(const StateReader& in, std::size_t parameter);

 private:
  void rebuild();
  std::string state_path(std::size_t parameter, std::size_t state) const;

  std::vector<TrainedParameter> parameters_;
  std::vector<std::string> state_names_;
  std::vector<std::vector<at::Tensor>> states_;  // [state][parameter]
  std::vector<bool> has_gradient_;
  ActiveLists active_;
};

/// The way LibTorch's kernels take an argument that may be absent.
std::optional<at::Tensor> if_defined(const at::Tensor& tensor);

/// The gradients, and weight_decay times the parameters where that is not 0.
std::vector<at::Tensor> decayed_gradients(const ActiveLists& lists, double weight_decay);

/// Gradient scaling for kernels that do not know of it: copies with unscaled gradients, to be updated, and
/// what they were before, to go back to. Costs a copy of parameters and states a step, but no wait for the
/// device.
class ScaledUpdate {
 public:
  ScaledUpdate(const ActiveLists& lists, const StepContext& context);
  const ActiveLists& lists() const { return lists_; }
  /// Takes the update back if found_inf is 1.
  void settle();

 private:
  ActiveLists lists_;
  at::Tensor found_inf_;
  std::vector<at::Tensor> changed_;  // parameters and states
  std::vector<at::Tensor> before_;
};

/// Calls update(lists) with gradients as they are without scaling; a step that is to be skipped changes
/// nothing.
template <class Update>
void update_unscaled(const ActiveLists& lists, const StepContext& context, const Update& update) {
  if (!context.grad_scale.defined() && !context.found_inf.defined()) return update(lists);
  ScaledUpdate scaled(lists, context);
  update(scaled.lists());
  scaled.settle();
}

}  // namespace assay::optimizers
