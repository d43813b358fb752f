#include "plugins/optimizers/sgd.h"

#include <algorithm>

#include <ATen/ops/_fused_sgd.h>

#include "plugins/optimizers/parameter_lists.h"
#include "registry/implementations.h"

namespace assay::optimizers {

namespace {

std::vector<std::string> state_names(const SgdParams& params) {
  if (params.momentum > 0) return {"momentum_buffer"};
  return {};
}

/// Those of `all` for which `is_chosen` says so by their index among all parameters.
template <class Choose>
ActiveLists part_of(const ActiveLists& all, const Choose& is_chosen) {
  ActiveLists part;
  part.states.resize(all.states.size());
  for (std::size_t i = 0; i < all.indices.size(); ++i) {
    if (!is_chosen(all.indices[i])) continue;
    part.indices.push_back(all.indices[i]);
    part.parameters.push_back(all.parameters[i]);
    part.gradients.push_back(all.gradients[i]);
    for (std::size_t s = 0; s < all.states.size(); ++s) part.states[s].push_back(all.states[s][i]);
  }
  return part;
}

/// The numbers are those of PyTorch's SGD with fused=True, except that a parameter whose first gradient comes
/// later than the others' starts its momentum with that gradient; PyTorch starts all at the first step.
class Sgd final : public Optimizer {
 public:
  using Params = SgdParams;

  Sgd(const Params& params, const Needs& needs)
      : params_(params),
        lists_(needs.parameters, state_names(params)),
        has_momentum_(needs.parameters.size(), false) {}

  void step(const StepContext& context) override {
    const ActiveLists& active = lists_.gather();
    if (params_.momentum == 0 ||
        std::ranges::all_of(active.indices, [&](std::size_t i) { return has_momentum_[i]; })) {
      update(active, false, context);
    } else {
      update(part_of(active, [&](std::size_t i) { return has_momentum_[i]; }), false, context);
      update(part_of(active, [&](std::size_t i) { return !has_momentum_[i]; }), true, context);
      for (const std::size_t i : active.indices) has_momentum_[i] = true;
    }
    lists_.release();
  }

  double learning_rate() const override { return params_.lr; }

  /// state/<parameter>/momentum_buffer, for parameters that had a gradient.
  void save(StateWriter& out) const override {
    StateWriter states = out.scope("state");
    for (std::size_t i = 0; i < lists_.size(); ++i) {
      if (has_momentum_[i]) lists_.save(states, i);
    }
  }

  void load(const StateReader& in) override {
    const StateReader states = in.scope("state");
    for (std::size_t i = 0; i < lists_.size(); ++i) {
      has_momentum_[i] = !states.scope(lists_.name(i)).names().empty();
      if (has_momentum_[i]) lists_.load(states, i);
    }
  }

 private:
  void update(const ActiveLists& lists, bool is_first_step, const StepContext& context) {
    if (lists.parameters.empty()) return;
    at::_fused_sgd_(lists.parameters, lists.gradients,
                    lists.states.empty() ? at::TensorList() : lists.states.front(), params_.weight_decay,
                    params_.momentum, params_.lr * context.factor, params_.dampening, params_.nesterov,
                    /*maximize=*/false, is_first_step, if_defined(context.grad_scale),
                    if_defined(context.found_inf));
  }

  Params params_;
  ParameterLists lists_;
  std::vector<bool> has_momentum_;  // by parameter: its buffer holds a gradient
};

}  // namespace

void implement_sgd(Implementations& parts) { parts.add<Sgd>("sgd"); }

}  // namespace assay::optimizers
