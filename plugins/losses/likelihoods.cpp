#include "plugins/losses/likelihoods.h"

#include <cmath>
#include <numbers>
#include <optional>

#include <ATen/core/Reduction.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/binary_cross_entropy_with_logits.h>
#include <ATen/ops/eq.h>
#include <ATen/ops/kl_div.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/poisson_nll_loss.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/softplus.h>
#include <ATen/ops/tensor.h>
#include <c10/core/GradMode.h>

#include "plugins/losses/scores.h"
#include "registry/contracts/tensor/loss.h"
#include "registry/implementations.h"

namespace assay::losses {

namespace {

/// scores [batch, ..., outputs] float; target the same, or [batch, ...] i64.
class BinaryCrossEntropy final : public Loss {
 public:
  using Params = BinaryCrossEntropyParams;

  BinaryCrossEntropy(const Params& params, const Needs& needs)
      : has_classes_(needs.task.kind == Task::Kind::classification) {
    if (!params.pos_weight.empty()) pos_weight_ = at::tensor(params.pos_weight, at::kFloat).to(needs.device);
  }

  LossValue operator()(const Outputs& outputs, const Batch& batch) const override {
    const at::Tensor scores = full_scores(outputs);
    const at::Tensor target = has_classes_ ? each_against_the_rest(batch.target, scores) : batch.target;
    ASSAY_ASSERT(scores.sizes() == target.sizes());  // else LibTorch would broadcast
    LossValue value;
    value.sum = at::binary_cross_entropy_with_logits(scores, target, {}, pos_weight_, at::Reduction::Sum);
    value.count = static_cast<double>(scores.numel());
    return value;
  }

  at::Tensor predictions(const at::Tensor& scores) const override {
    return has_classes_ ? scores : scores.sigmoid();
  }
  /// Each class against the rest: they need not add up to 1.
  at::Tensor probabilities(const at::Tensor& scores) const override { return scores.sigmoid(); }

 private:
  // at::one_hot waits for the device.
  static at::Tensor each_against_the_rest(const at::Tensor& target, const at::Tensor& scores) {
    const at::Tensor classes = at::arange(scores.size(-1), target.options());
    return at::eq(target.unsqueeze(-1), classes).to(scores.scalar_type());
  }

  bool has_classes_;
  std::optional<at::Tensor> pos_weight_;  // [outputs] or [1]
};

/// scores [batch, ..., 2 targets] float: means, then what variances are made from; target [batch, ...,
/// targets] float.
class GaussianNll final : public Loss {
 public:
  using Params = GaussianNllParams;
  GaussianNll(const Params& params, const Needs&)
      : is_softplus_(params.variance == "softplus"),
        eps_(params.eps),
        constant_(params.full ? std::log(2 * std::numbers::pi) / 2 : 0) {}

  LossValue operator()(const Outputs& outputs, const Batch& batch) const override {
    const at::Tensor scores = full_scores(outputs);
    const at::Tensor mean = predictions(scores);
    ASSAY_ASSERT(mean.sizes() == batch.target.sizes());  // else LibTorch would broadcast
    const at::Tensor variance = variances(scores.narrow(-1, mean.size(-1), mean.size(-1)));
    const at::Tensor terms = variance.log().add(mean.sub(batch.target).square().div(variance));
    LossValue value;
    value.count = static_cast<double>(mean.numel());
    value.sum = terms.sum().mul(0.5);
    if (constant_ != 0) value.sum = value.sum.add(constant_ * value.count);
    return value;
  }

  at::Tensor predictions(const at::Tensor& scores) const override {
    return scores.narrow(-1, 0, scores.size(-1) / 2);
  }

 private:
  at::Tensor variances(const at::Tensor& scores) const {
    at::Tensor variance = is_softplus_ ? at::softplus(scores) : scores.exp();
    // A copy, since the gradient of exp needs its result as it was.
    variance = variance.clone();
    // As in PyTorch the limit has a slope of 1, so that a variance that is too small can grow again.
    const c10::NoGradGuard no_grad;
    return variance.clamp_min_(eps_);
  }

  bool is_softplus_;
  double eps_;
  double constant_;  // for each value
};

/// scores and target [batch, ..., targets] float.
class PoissonNll final : public Loss {
 public:
  using Params = PoissonNllParams;
  PoissonNll(const Params& params, const Needs&) : params_(params) {}

  LossValue operator()(const Outputs& outputs, const Batch& batch) const override {
    const at::Tensor scores = full_scores(outputs);
    ASSAY_ASSERT(scores.sizes() == batch.target.sizes());  // else LibTorch would broadcast
    LossValue value;
    value.sum = at::poisson_nll_loss(scores, batch.target, params_.log_input, params_.full, params_.eps,
                                     at::Reduction::Sum);
    value.count = static_cast<double>(scores.numel());
    return value;
  }

  at::Tensor predictions(const at::Tensor& scores) const override {
    return params_.log_input ? scores.exp() : scores;
  }

 private:
  Params params_;
};

/// scores and target [batch, ..., targets] float.
class KlDiv final : public Loss {
 public:
  using Params = KlDivParams;
  KlDiv(const Params&, const Needs&) {}

  LossValue operator()(const Outputs& outputs, const Batch& batch) const override {
    const at::Tensor scores = full_scores(outputs);
    ASSAY_ASSERT(scores.sizes() == batch.target.sizes());  // else LibTorch would broadcast
    LossValue value;
    value.sum = at::kl_div(at::log_softmax(scores, -1), batch.target, at::Reduction::Sum);
    value.count = static_cast<double>(scores.numel() / scores.size(-1));
    return value;
  }

  at::Tensor predictions(const at::Tensor& scores) const override { return at::softmax(scores, -1); }
};

}  // namespace

void implement_likelihoods(Implementations& parts) {
  parts.add<BinaryCrossEntropy>("binary_cross_entropy");
  parts.add<GaussianNll>("gaussian_nll");
  parts.add<KlDiv>("kl_div");
  parts.add<PoissonNll>("poisson_nll");
}

}  // namespace assay::losses
