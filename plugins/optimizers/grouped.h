// What optimizers share that treat all parameters of a group alike: the groups, the names of their state, the
// count of steps.
//
//   class Lion final : public ForeachOptimizer<LionParams> {
//    public:
//     Lion(const LionParams& params, const Needs& needs)
//         : ForeachOptimizer(params, needs, [](const LionParams&) { return StateNames{"exp_avg"}; }) {}
//    private:
//     void move(const LionParams& params, const ActiveLists& lists, double lr) const override;
//   };
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <ATen/ops/zeros.h>

#include "plugins/optimizers/parameter_lists.h"
#include "registry/contracts/tensor/arrays.h"

namespace assay::optimizers {

using StateNames = std::vector<std::string>;

/// Optimizers that update one group of parameters after the other, each by calls on whole lists.
template <class P>
class GroupedOptimizer : public Optimizer {
 public:
  using Params = P;

  void step(const StepContext& context) final {
    if (step_.defined()) step_.add_(1);
    for (Group& group : groups_) {
      const ActiveLists& active = group.lists.gather();
      if (!active.parameters.empty()) update(group.params, active, context);
      group.lists.release();
    }
    if (step_.defined() && context.found_inf.defined()) step_.sub_(context.found_inf);
  }

  double learning_rate() const final { return lr_; }
  std::vector<double> group_rates() const final { return group_rates_; }

  /// step, if steps are counted; state/<parameter>/<state>.
  void save(StateWriter& out) const final {
    if (step_.defined()) save_tensor(out, "step", step_);
    StateWriter states = out.scope("state");
    for (const Group& group : groups_) {
      for (std::size_t i = 0; i < group.lists.size(); ++i) group.lists.save(states, i);
    }
  }

  void load(const StateReader& in) final {
    if (step_.defined()) load_tensor(in, "step", step_);
    const StateReader states = in.scope("state");
    for (Group& group : groups_) {
      for (std::size_t i = 0; i < group.lists.size(); ++i) group.lists.load(states, i);
    }
  }

 protected:
  struct Group {
    P params;
    ParameterLists lists;
  };

  /// names: of the states in a group with such parameters.
  GroupedOptimizer(const P& params, std::vector<TrainedGroup<P>> groups, StateNames (*names)(const P&))
      : lr_(params.lr) {
    for (const auto& group : params.groups) group_rates_.push_back(in_group(group, params).lr);
    for (TrainedGroup<P>& group : groups)
      groups_.push_back({group.params, {std::move(group.parameters), names(group.params)}});
  }

  /// Counts steps in one f32 tensor, on the device, that all parameters share: a parameter whose first
  /// gradient comes at step 100 is at step 100, where PyTorch counts its own. Exact up to 2^24.
  void count_steps(const Needs& needs) {
    const at::TensorOptions options =
        needs.parameters.empty() ? at::TensorOptions() : needs.parameters.front().tensor.options();
    step_ = at::zeros({}, options.dtype(at::kFloat).requires_grad(false));
    steps_.assign(needs.parameters.size(), step_);
  }
  /// The count as fused kernels want it, once for each of n parameters.
  at::TensorList steps(std::size_t n) const { return at::TensorList(steps_).slice(0, n); }

  /// One step of a group's parameters, of which there is at least one. The schedule's factor, scaling and
  /// skipping are in the context.
  virtual void update(const P& params, const ActiveLists& lists, const StepContext& context) const = 0;

  std::vector<Group>& groups() { return groups_; }

 private:
  double lr_;  // of parameters in no group
  std::vector<double> group_rates_;
  at::Tensor step_;  // undefined: steps are not counted
  std::vector<at::Tensor> steps_;
  std::vector<Group> groups_;
};

/// Those whose kernels know nothing of gradient scaling.
template <class P>
class ForeachOptimizer : public GroupedOptimizer<P> {
 protected:
  using Needs = Optimizer::Needs;

  ForeachOptimizer(const P& params, const Needs& needs, StateNames (*names)(const P&))
      : GroupedOptimizer<P>(params, trained_groups(params, needs.parameters), names) {}

  /// lr: with the schedule's factor. Gradients are not scaled, and not to be changed.
  virtual void move(const P& params, const ActiveLists& lists, double lr) const = 0;

 private:
  void update(const P& params, const ActiveLists& lists, const StepContext& context) const final {
    update_unscaled(lists, context,
                    [&](const ActiveLists& unscaled) { move(params, unscaled, params.lr * context.factor); });
  }
};

}  // namespace assay::optimizers
