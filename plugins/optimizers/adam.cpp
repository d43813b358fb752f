#include "plugins/optimizers/adam.h"

#include <concepts>
#include <utility>
#include <vector>

#include <ATen/ops/_fused_adam.h>
#include <ATen/ops/_fused_adamw.h>
#include <ATen/ops/zeros.h>

#include "plugins/optimizers/parameter_lists.h"
#include "registry/contracts/tensor/arrays.h"
#include "registry/implementations.h"

namespace assay::optimizers {

namespace {

enum Moment : std::size_t { exp_avg, exp_avg_sq, max_exp_avg_sq };

std::vector<std::string> state_names(bool is_amsgrad) {
  if (is_amsgrad) return {"exp_avg", "exp_avg_sq", "max_exp_avg_sq"};
  return {"exp_avg", "exp_avg_sq"};
}

/// The numbers are those of PyTorch's Adam and AdamW with fused=True, except that all parameters share one
/// step count: a parameter whose first gradient comes at step 100 is corrected for 100 steps, PyTorch counts
/// its own. The count is an f32 tensor on the parameters' device, exact up to 2^24; the corrections it is for
/// are 1 long before.
template <class P>
class AdamFamily final : public Optimizer {
 public:
  using Params = P;

  AdamFamily(const Params& params, const Needs& needs)
      : lr_(params.lr), step_(zero_like_first(needs.parameters)) {
    for (TrainedGroup<P>& group : trained_groups(params, needs.parameters)) {
      std::vector<at::Tensor> steps(group.parameters.size(), step_);
      groups_.push_back(
          {group.params, {std::move(group.parameters), state_names(group.params.amsgrad)}, std::move(steps)});
    }
  }

  void step(const StepContext& context) override {
    step_.add_(1);
    for (Group& group : groups_) {
      const ActiveLists& active = group.lists.gather();
      if (!active.parameters.empty()) update(group, active, context);
      group.lists.release();
    }
    if (context.found_inf.defined()) step_.sub_(context.found_inf);  // a skipped step does not count
  }

  double learning_rate() const override { return lr_; }

  /// step, state/<parameter>/exp_avg and so on.
  void save(StateWriter& out) const override {
    save_tensor(out, "step", step_);
    StateWriter states = out.scope("state");
    for (const Group& group : groups_) {
      for (std::size_t i = 0; i < group.lists.size(); ++i) group.lists.save(states, i);
    }
  }

  void load(const StateReader& in) override {
    load_tensor(in, "step", step_);
    const StateReader states = in.scope("state");
    for (Group& group : groups_) {
      for (std::size_t i = 0; i < group.lists.size(); ++i) group.lists.load(states, i);
    }
  }

 private:
  struct Group {
    Params params;
    ParameterLists lists;
    std::vector<at::Tensor> steps;  // step_, once for each parameter: the kernels want a list
  };

  static at::Tensor zero_like_first(const std::vector<TrainedParameter>& parameters) {
    const at::TensorOptions options =
        parameters.empty() ? at::TensorOptions() : parameters.front().tensor.options();
    return at::zeros({}, options.dtype(at::kFloat).requires_grad(false));
  }

  static void update(Group& group, const ActiveLists& active, const StepContext& context) {
    const Params& p = group.params;
    const at::TensorList steps = at::TensorList(group.steps).slice(0, active.parameters.size());
    const at::TensorList largest =
        p.amsgrad ? at::TensorList(active.states[max_exp_avg_sq]) : at::TensorList();
    const auto kernel = [&](auto run) {
      run(active.parameters, active.gradients, active.states[exp_avg], active.states[exp_avg_sq], largest,
          steps, p.lr * context.factor, p.betas[0], p.betas[1], p.weight_decay, p.eps, p.amsgrad,
          /*maximize=*/false, if_defined(context.grad_scale), if_defined(context.found_inf));
    };
    if constexpr (std::same_as<Params, AdamWParams>) {
      kernel([](const auto&... arguments) { at::_fused_adamw_(arguments...); });
    } else {
      kernel([](const auto&... arguments) { at::_fused_adam_(arguments...); });
    }
  }

  double lr_;  // of parameters in no group
  at::Tensor step_;
  std::vector<Group> groups_;
};

}  // namespace

void implement_adam(Implementations& parts) {
  parts.add<AdamFamily<AdamParams>>("adam");
  parts.add<AdamFamily<AdamWParams>>("adamw");
}

}  // namespace assay::optimizers
