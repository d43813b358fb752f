#include "plugins/losses/cross_entropy.h"

#include <optional>

#include <ATen/core/Reduction.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/tensor.h>

#include "registry/contracts/tensor/loss.h"
#include "registry/implementations.h"

namespace assay::losses {

namespace {

/// scores [batch, ..., classes] float, target [batch, ...] i64: every place of a sequence counts as a sample.
class CrossEntropy final : public Loss {
 public:
  using Params = CrossEntropyParams;

  CrossEntropy(const Params& params, const Needs& needs) : label_smoothing_(params.label_smoothing) {
    if (params.class_weights.empty()) return;
    weights_ = at::tensor(params.class_weights, at::kFloat).to(needs.device);
  }

  LossValue operator()(const Outputs& outputs, const Batch& batch) const override {
    const at::Tensor scores = outputs.scores().flatten(0, -2);
    const at::Tensor target = batch.target.flatten();
    LossValue value;
    value.sum = at::cross_entropy_loss(scores, target, weights_, at::Reduction::Sum,
                                       /*ignore_index=*/-100, label_smoothing_);
    value.count = static_cast<double>(target.size(0));
    if (weights_) value.weight = weights_->index_select(0, target).sum();
    return value;
  }

 private:
  double label_smoothing_;
  std::optional<at::Tensor> weights_;  // [classes]
};

}  // namespace

void implement_cross_entropy(Implementations& parts) { parts.add<CrossEntropy>("cross_entropy"); }

}  // namespace assay::losses
