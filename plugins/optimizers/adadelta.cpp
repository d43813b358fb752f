#include "plugins/optimizers/adadelta.h"

#include <ATen/ops/_foreach_add.h>
#include <ATen/ops/_foreach_addcmul.h>
#include <ATen/ops/_foreach_div.h>
#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/_foreach_sqrt.h>

#include "plugins/optimizers/grouped.h"
#include "registry/implementations.h"

namespace assay::optimizers {

namespace {

/// The operations are those of PyTorch's Adadelta, in its order.
class Adadelta final : public ForeachOptimizer<AdadeltaParams> {
 public:
  Adadelta(const AdadeltaParams& params, const Needs& needs)
      : ForeachOptimizer(params, needs, [](const AdadeltaParams&) {
          return StateNames{"square_avg", "acc_delta"};
        }) {}

 private:
  void move(const AdadeltaParams& p, const ActiveLists& lists, double lr) const override {
    const std::vector<at::Tensor> gradients = decayed_gradients(lists, p.weight_decay);
    const std::vector<at::Tensor>& square_avg = lists.states[0];
    const std::vector<at::Tensor>& acc_delta = lists.states[1];

    add_squares(square_avg, gradients, p.rho);
    const std::vector<at::Tensor> scale = root(square_avg, p.eps);
    const std::vector<at::Tensor> delta = root(acc_delta, p.eps);
    at::_foreach_div_(delta, scale);
    at::_foreach_mul_(delta, gradients);
    add_squares(acc_delta, delta, p.rho);
    at::_foreach_add_(lists.parameters, delta, -lr);
  }

  static void add_squares(at::TensorList mean, at::TensorList values, double rho) {
    at::_foreach_mul_(mean, rho);
    at::_foreach_addcmul_(mean, values, values, 1 - rho);
  }

  static std::vector<at::Tensor> root(at::TensorList mean, double eps) {
    std::vector<at::Tensor> out = at::_foreach_add(mean, eps);
    at::_foreach_sqrt_(out);
    return out;
  }
};

}  // namespace

void implement_adadelta(Implementations& parts) { parts.add<Adadelta>("adadelta"); }

}  // namespace assay::optimizers
