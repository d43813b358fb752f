#include "plugins/losses/mse.h"

#include <ATen/core/Reduction.h>
#include <ATen/ops/mse_loss.h>

#include "registry/contracts/tensor/loss.h"
#include "registry/implementations.h"

namespace assay::losses {

namespace {

/// scores and target [batch, targets] float.
class Mse final : public Loss {
 public:
  using Params = MseParams;
  Mse(const Params&, const Needs&) {}

  LossValue operator()(const Outputs& outputs, const Batch& batch) const override {
    const at::Tensor& scores = outputs.scores();
    ASSAY_ASSERT(scores.sizes() == batch.target.sizes());  // else LibTorch would broadcast
    LossValue value;
    value.sum = at::mse_loss(scores, batch.target, at::Reduction::Sum);
    value.count = static_cast<double>(scores.numel());
    return value;
  }
};

}  // namespace

void implement_mse(Implementations& parts) { parts.add<Mse>("mse"); }

}  // namespace assay::losses
