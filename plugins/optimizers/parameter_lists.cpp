#include "plugins/optimizers/parameter_lists.h"

#include <utility>

#include <ATen/ops/zeros_like.h>

#include "core/text.h"
#include "registry/contracts/tensor/arrays.h"

namespace assay::optimizers {

ParameterLists::ParameterLists(std::vector<TrainedParameter> parameters, std::vector<std::string> state_names)
    : parameters_(std::move(parameters)),
      state_names_(std::move(state_names)),
      states_(state_names_.size()),
      has_gradient_(parameters_.size(), false) {
  for (auto& state : states_) {
    for (const TrainedParameter& parameter : parameters_)
      state.push_back(at::zeros_like(parameter.tensor.detach()));
  }
  rebuild();
}

const ActiveLists& ParameterLists::gather() {
  bool is_same = true;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const bool has_gradient = parameters_[i].tensor.grad().defined();
    is_same = is_same && has_gradient == has_gradient_[i];
    has_gradient_[i] = has_gradient;
  }
  if (!is_same) rebuild();
  for (std::size_t i = 0; i < active_.indices.size(); ++i) {
    active_.gradients[i] = parameters_[active_.indices[i]].tensor.grad();
  }
  return active_;
}

void ParameterLists::rebuild() {
  active_ = ActiveLists{};
  active_.states.resize(states_.size());
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    if (!has_gradient_[i]) continue;
    active_.indices.push_back(i);
    active_.parameters.push_back(parameters_[i].tensor.detach());
    for (std::size_t s = 0; s < states_.size(); ++s) active_.states[s].push_back(states_[s][i]);
  }
  active_.gradients.resize(active_.indices.size());
}

void ParameterLists::release() {
  for (at::Tensor& gradient : active_.gradients) gradient.reset();
}

std::string ParameterLists::state_path(std::size_t parameter, std::size_t state) const {
  return text(parameters_[parameter].name, '/', state_names_[state]);
}

void ParameterLists::save(StateWriter& out, std::size_t parameter) const {
  for (std::size_t s = 0; s < states_.size(); ++s)
    save_tensor(out, state_path(parameter, s), states_[s][parameter]);
}

void ParameterLists::load(const StateReader& in, std::size_t parameter) {
  for (std::size_t s = 0; s < states_.size(); ++s)
    load_tensor(in, state_path(parameter, s), states_[s][parameter]);
}

std::optional<at::Tensor> if_defined(const at::Tensor& tensor) {
  return tensor.defined() ? std::optional(tensor) : std::nullopt;
}

}  // namespace assay::optimizers
