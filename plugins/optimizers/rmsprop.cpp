#include "plugins/optimizers/rmsprop.h"

#include <ATen/ops/_foreach_add.h>
#include <ATen/ops/_foreach_addcdiv.h>
#include <ATen/ops/_foreach_addcmul.h>
#include <ATen/ops/_foreach_lerp.h>
#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/_foreach_sqrt.h>

#include "plugins/optimizers/grouped.h"
#include "registry/implementations.h"

namespace assay::optimizers {

namespace {

StateNames state_names(const RmspropParams& params) {
  StateNames names{"square_avg"};
  if (params.centered) names.emplace_back("grad_avg");
  if (params.momentum > 0) names.emplace_back("momentum_buffer");
  return names;
}

/// The operations are those of PyTorch's RMSprop, in its order.
class Rmsprop final : public ForeachOptimizer<RmspropParams> {
 public:
  Rmsprop(const RmspropParams& params, const Needs& needs) : ForeachOptimizer(params, needs, state_names) {}

 private:
  void move(const RmspropParams& p, const ActiveLists& lists, double lr) const override {
    const std::vector<at::Tensor> gradients = decayed_gradients(lists, p.weight_decay);
    const std::vector<at::Tensor> scale = root_mean_square(p, lists, gradients);
    if (p.momentum > 0) {
      const std::vector<at::Tensor>& buffer = lists.states.back();
      at::_foreach_mul_(buffer, p.momentum);
      at::_foreach_addcdiv_(buffer, gradients, scale);
      at::_foreach_add_(lists.parameters, buffer, -lr);
    } else {
      at::_foreach_addcdiv_(lists.parameters, gradients, scale, -lr);
    }
  }

  static std::vector<at::Tensor> root_mean_square(const RmspropParams& p, const ActiveLists& lists,
                                                  at::TensorList gradients) {
    const std::vector<at::Tensor>& square_avg = lists.states[0];
    at::_foreach_mul_(square_avg, p.alpha);
    at::_foreach_addcmul_(square_avg, gradients, gradients, 1 - p.alpha);
    std::vector<at::Tensor> root;
    if (p.centered) {
      const std::vector<at::Tensor>& grad_avg = lists.states[1];
      at::_foreach_lerp_(grad_avg, gradients, 1 - p.alpha);
      root = at::_foreach_addcmul(square_avg, grad_avg, grad_avg, -1);
      at::_foreach_sqrt_(root);
    } else {
      root = at::_foreach_sqrt(square_avg);
    }
    at::_foreach_add_(root, p.eps);
    return root;
  }
};

}  // namespace

void implement_rmsprop(Implementations& parts) { parts.add<Rmsprop>("rmsprop"); }

}  // namespace assay::optimizers
