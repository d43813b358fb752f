#include "plugins/optimizers/parameter_lists.h"

#include <utility>

#include <ATen/ops/_foreach_add.h>
#include <ATen/ops/_foreach_clone.h>
#include <ATen/ops/_foreach_div.h>
#include <ATen/ops/where.h>
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

void ParameterLists::fill(std::size_t state, double value) {
  for (at::Tensor& tensor : states_[state]) tensor.fill_(value);
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

std::vector<at::Tensor> decayed_gradients(const ActiveLists& lists, double weight_decay) {
  if (weight_decay == 0) return lists.gradients;
  return at::_foreach_add(lists.gradients, lists.parameters, weight_decay);
}

ScaledUpdate::ScaledUpdate(const ActiveLists& lists, const StepContext& context)
    : lists_(lists), found_inf_(context.found_inf) {
  if (context.grad_scale.defined()) lists_.gradients = at::_foreach_div(lists_.gradients, context.grad_scale);
  if (!found_inf_.defined()) return;
  changed_ = lists_.parameters;
  for (const auto& state : lists_.states) changed_.insert(changed_.end(), state.begin(), state.end());
  before_ = at::_foreach_clone(changed_);
}

void ScaledUpdate::settle() {
  if (!found_inf_.defined()) return;
  const at::Tensor is_skipped = found_inf_.ne(0);
  for (std::size_t i = 0; i < changed_.size(); ++i)
    at::where_out(changed_[i], is_skipped, before_[i], changed_[i]);
}

}  // namespace assay::optimizers
