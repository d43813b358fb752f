// Parameters, gradients and states as the aligned lists that LibTorch's fused kernels take.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "registry/contracts/state.h"
#include "registry/contracts/tensor/optimizer.h"

namespace assay::optimizers {

/// What one call of a fused kernel works on.
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

}  // namespace assay::optimizers
