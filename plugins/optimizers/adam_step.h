// One step of Adam or AdamW, for the optimizers that train some or all of their parameters by it.
#pragma once

#include <concepts>
#include <string>
#include <vector>

#include <ATen/ops/_fused_adam.h>
#include <ATen/ops/_fused_adamw.h>

#include "plugins/optimizers/adam.h"
#include "plugins/optimizers/parameter_lists.h"

namespace assay::optimizers {

/// What is kept of each parameter, in the order in which step_adam takes it. P: AdamParams or AdamWParams.
template <class P>
std::vector<std::string> adam_states(const P& params) {
  if (params.amsgrad) return {"exp_avg", "exp_avg_sq", "max_exp_avg_sq"};
  return {"exp_avg", "exp_avg_sq"};
}

/// The numbers are those of PyTorch's Adam and AdamW with fused=True. steps: the count of steps with this
/// one, once for each parameter.
template <class P>
void step_adam(const P& p, const ActiveLists& lists, at::TensorList steps, const StepContext& context) {
  const at::TensorList largest = p.amsgrad ? at::TensorList(lists.states[2]) : at::TensorList();
  const auto run = [&](auto kernel) {
    kernel(lists.parameters, lists.gradients, lists.states[0], lists.states[1], largest, steps,
           p.lr * context.factor, p.betas[0], p.betas[1], p.weight_decay, p.eps, p.amsgrad,
           /*maximize=*/false, if_defined(context.grad_scale), if_defined(context.found_inf));
  };
  if constexpr (std::same_as<P, AdamWParams>) {
    run([](const auto&... arguments) { at::_fused_adamw_(arguments...); });
  } else {
    run([](const auto&... arguments) { at::_fused_adam_(arguments...); });
  }
}

}  // namespace assay::optimizers
