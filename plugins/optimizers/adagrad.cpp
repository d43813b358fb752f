#include "plugins/optimizers/adagrad.h"

#include <ATen/ops/_fused_adagrad.h>

#include "plugins/optimizers/grouped.h"
#include "registry/implementations.h"

namespace assay::optimizers {

namespace {

/// The numbers are those of PyTorch's Adagrad with fused=True.
class Adagrad final : public GroupedOptimizer<AdagradParams> {
 public:
  Adagrad(const AdagradParams& params, const Needs& needs)
      : GroupedOptimizer(params, trained_groups(params, needs.parameters),
                         [](const AdagradParams&) { return StateNames{"sum"}; }) {
    count_steps(needs);
    for (Group& group : groups()) group.lists.fill(0, group.params.initial_accumulator_value);
  }

 private:
  void update(const AdagradParams& p, const ActiveLists& lists, const StepContext& context) const override {
    at::_fused_adagrad_(lists.parameters, lists.gradients, lists.states[0], steps(lists.parameters.size()),
                        p.lr * context.factor, p.lr_decay, p.weight_decay, p.eps, /*maximize=*/false,
                        if_defined(context.grad_scale), if_defined(context.found_inf));
  }
};

}  // namespace

void implement_adagrad(Implementations& parts) { parts.add<Adagrad>("adagrad"); }

}  // namespace assay::optimizers
