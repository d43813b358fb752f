#include "plugins/optimizers/adam.h"

#include <concepts>

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
      : params_(params),
        lists_(needs.parameters, state_names(params.amsgrad)),
        step_(at::zeros({}, lists_.options().dtype(at::kFloat).requires_grad(false))),
        steps_(needs.parameters.size(), step_) {}

  void step(const StepContext& context) override {
    const ActiveLists& active = lists_.gather();
    step_.add_(1);
    if (!active.parameters.empty()) update(active, context);
    if (context.found_inf.defined()) step_.sub_(context.found_inf);  // a skipped step does not count
    lists_.release();
  }

  double learning_rate() const override { return params_.lr; }

  /// step, state/<parameter>/exp_avg and so on.
  void save(StateWriter& out) const override {
    save_tensor(out, "step", step_);
    StateWriter states = out.scope("state");
    for (std::size_t i = 0; i < lists_.size(); ++i) lists_.save(states, i);
  }

  void load(const StateReader& in) override {
    load_tensor(in, "step", step_);
    const StateReader states = in.scope("state");
    for (std::size_t i = 0; i < lists_.size(); ++i) lists_.load(states, i);
  }

 private:
  void update(const ActiveLists& active, const StepContext& context) {
    const at::TensorList steps = at::TensorList(steps_).slice(0, active.parameters.size());
    const at::TensorList largest =
        params_.amsgrad ? at::TensorList(active.states[max_exp_avg_sq]) : at::TensorList();
    const auto kernel = [&](auto run) {
      run(active.parameters, active.gradients, active.states[exp_avg], active.states[exp_avg_sq], largest,
          steps, params_.lr * context.factor, params_.betas[0], params_.betas[1], params_.weight_decay,
          params_.eps, params_.amsgrad, /*maximize=*/false, if_defined(context.grad_scale),
          if_defined(context.found_inf));
    };
    if constexpr (std::same_as<Params, AdamWParams>) {
      kernel([](const auto&... arguments) { at::_fused_adamw_(arguments...); });
    } else {
      kernel([](const auto&... arguments) { at::_fused_adam_(arguments...); });
    }
  }

  Params params_;
  ParameterLists lists_;
  at::Tensor step_;
  std::vector<at::Tensor> steps_;  // step_, once for each parameter: the kernels want a list
};

}  // namespace

void implement_adam(Implementations& parts) {
  parts.add<AdamFamily<AdamParams>>("adam");
  parts.add<AdamFamily<AdamWParams>>("adamw");
}

}  // namespace assay::optimizers
