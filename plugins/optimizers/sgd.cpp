#include "plugins/optimizers/sgd.h"

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include <ATen/ops/_foreach_add.h>
#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/_fused_sgd.h>

#include "plugins/optimizers/parameter_lists.h"
#include "registry/implementations.h"

namespace assay::optimizers {

namespace {

bool has_rate_in_velocity(const SgdParams& params) { return params.form == "sklearn" && params.momentum > 0; }

std::vector<std::string> state_names(const SgdParams& params) {
  if (has_rate_in_velocity(params)) return {"velocity"};
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

/// The form torch has the numbers of PyTorch's SGD with fused=True, except that a parameter whose first
/// gradient comes later than the others' starts its momentum with that gradient; PyTorch starts all at the
/// first step. The form sklearn is scikit-learn's SGDOptimizer.
class Sgd final : public Optimizer {
 public:
  using Params = SgdParams;

  Sgd(const Params& params, const Needs& needs) : lr_(params.lr) {
    for (const auto& group : params.groups) group_rates_.push_back(in_group(group, params).lr);
    for (TrainedGroup<SgdParams>& group : trained_groups(params, needs.parameters)) {
      std::vector<bool> has_momentum(group.parameters.size(), false);
      groups_.push_back(
          {group.params, {std::move(group.parameters), state_names(group.params)}, std::move(has_momentum)});
    }
  }

  void step(const StepContext& context) override {
    for (Group& group : groups_) step(group, context);
  }

  double learning_rate() const override { return lr_; }
  std::vector<double> group_rates() const override { return group_rates_; }

  /// state/<parameter>/momentum_buffer (or velocity), for parameters that had a gradient.
  void save(StateWriter& out) const override {
    StateWriter states = out.scope("state");
    for (const Group& group : groups_) {
      for (std::size_t i = 0; i < group.lists.size(); ++i) {
        if (group.has_momentum[i]) group.lists.save(states, i);
      }
    }
  }

  void load(const StateReader& in) override {
    const StateReader states = in.scope("state");
    for (Group& group : groups_) {
      for (std::size_t i = 0; i < group.lists.size(); ++i) {
        group.has_momentum[i] = !states.scope(group.lists.name(i)).names().empty();
        if (group.has_momentum[i]) group.lists.load(states, i);
      }
    }
  }

 private:
  struct Group {
    SgdParams params;
    ParameterLists lists;
    std::vector<bool> has_momentum;  // by parameter: its buffer holds a gradient
  };

  static void step(Group& group, const StepContext& context) {
    const ActiveLists& active = group.lists.gather();
    const auto has_momentum = [&](std::size_t i) { return group.has_momentum[i]; };
    if (has_rate_in_velocity(group.params)) {
      update_unscaled(active, context, [&](const ActiveLists& lists) {
        add_velocity(group.params, lists, group.params.lr * context.factor);
      });
      for (const std::size_t i : active.indices) group.has_momentum[i] = true;
    } else if (group.params.momentum == 0 || std::ranges::all_of(active.indices, has_momentum)) {
      update(group.params, active, false, context);
    } else {
      update(group.params, part_of(active, has_momentum), false, context);
      update(group.params, part_of(active, std::not_fn(has_momentum)), true, context);
      for (const std::size_t i : active.indices) group.has_momentum[i] = true;
    }
    group.lists.release();
  }

  static void update(const SgdParams& p, const ActiveLists& lists, bool is_first_step,
                     const StepContext& context) {
    if (lists.parameters.empty()) return;
    at::_fused_sgd_(
        lists.parameters, lists.gradients, lists.states.empty() ? at::TensorList() : lists.states.front(),
        p.weight_decay, p.momentum, p.lr * context.factor, p.dampening, p.nesterov,
        /*maximize=*/false, is_first_step, if_defined(context.grad_scale), if_defined(context.found_inf));
  }

  static void add_velocity(const SgdParams& p, const ActiveLists& lists, double lr) {
    if (lists.parameters.empty()) return;
    const std::vector<at::Tensor> gradients = decayed_gradients(lists, p.weight_decay);
    const std::vector<at::Tensor>& velocity = lists.states.front();
    at::_foreach_mul_(velocity, p.momentum);
    at::_foreach_add_(velocity, gradients, -lr);
    if (p.nesterov) {
      at::_foreach_add_(lists.parameters, velocity, p.momentum);
      at::_foreach_add_(lists.parameters, gradients, -lr);
    } else {
      at::_foreach_add_(lists.parameters, velocity);
    }
  }

  double lr_;  // of parameters in no group
  std::vector<double> group_rates_;
  std::vector<Group> groups_;
};

}  // namespace

void implement_sgd(Implementations& parts) { parts.add<Sgd>("sgd"); }

}  // namespace assay::optimizers
