#include "plugins/optimizers/lion.h"

#include <ATen/ops/_foreach_add.h>
#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/_foreach_sign.h>

#include "plugins/optimizers/grouped.h"
#include "registry/implementations.h"

namespace assay::optimizers {

namespace {

/// The operations are those of the authors' lion_pytorch.py (google/automl), in its order.
class Lion final : public ForeachOptimizer<LionParams> {
 public:
  Lion(const LionParams& params, const Needs& needs)
      : ForeachOptimizer(params, needs, [](const LionParams&) { return StateNames{"exp_avg"}; }) {}

 private:
  void move(const LionParams& p, const ActiveLists& lists, double lr) const override {
    const std::vector<at::Tensor>& exp_avg = lists.states[0];
    if (p.weight_decay != 0) at::_foreach_mul_(lists.parameters, 1 - lr * p.weight_decay);
    const std::vector<at::Tensor> direction = at::_foreach_mul(exp_avg, p.betas[0]);
    at::_foreach_add_(direction, at::_foreach_mul(lists.gradients, 1 - p.betas[0]));
    at::_foreach_sign_(direction);
    at::_foreach_add_(lists.parameters, direction, -lr);
    at::_foreach_mul_(exp_avg, p.betas[1]);
    at::_foreach_add_(exp_avg, lists.gradients, 1 - p.betas[1]);
  }
};

}  // namespace

void implement_lion(Implementations& parts) { parts.add<Lion>("lion"); }

}  // namespace assay::optimizers
