#include "plugins/losses/cross_entropy.h"

#include <ATen/core/Reduction.h>
#include <ATen/ops/clamp.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/gather.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/ne.h>
#include <ATen/ops/rsub.h>
#include <ATen/ops/tensor.h>

#include "plugins/losses/scores.h"
#include "plugins/losses/sum_of_cross_entropy.h"
#include "registry/contracts/tensor/loss.h"
#include "registry/implementations.h"

namespace assay::losses {

namespace {

/// [classes] f32; nothing without weights.
std::optional<at::Tensor> weight_tensor(const Json& class_weights, const Loss::Needs& needs) {
  const std::vector<double> weights = weights_of(class_weights, needs.task);
  if (weights.empty()) return std::nullopt;
  return at::tensor(weights, at::kFloat).to(needs.device);
}

/// scores [batch, ..., classes] float, target [batch, ...] i64: every place of a sequence counts as a sample.
class CrossEntropy final : public Loss {
 public:
  using Params = CrossEntropyParams;

  CrossEntropy(const Params& params, const Needs& needs)
      : label_smoothing_(params.label_smoothing),
        ignored_(params.ignore_index),
        weights_(weight_tensor(params.class_weights, needs)) {}

  LossValue operator()(const Outputs& outputs, const Batch& batch) const override {
    const at::Tensor scores = full_scores(outputs).flatten(0, -2);
    const at::Tensor target = batch.target.flatten();
    LossValue value;
    value.sum = is_plain() ? sum_of_cross_entropy(scores, target)
                           : at::cross_entropy_loss(scores, target, weights_, at::Reduction::Sum,
                                                    ignored_.value_or(no_class), label_smoothing_);
    value.count = static_cast<double>(target.size(0));
    if (weights_ || ignored_) value.weight = weight_of(target, scores);
    return value;
  }

 private:
  bool is_plain() const { return !weights_ && !ignored_ && label_smoothing_ == 0; }

  at::Tensor weight_of(const at::Tensor& target, const at::Tensor& scores) const {
    if (!ignored_) return weights_->index_select(0, target).sum();
    const at::Tensor counts = at::ne(target, *ignored_);
    if (!weights_) return counts.sum().to(scores.scalar_type());
    // What is ignored may be no class at all.
    const at::Tensor known = at::clamp(target, 0, weights_->size(0) - 1);
    return weights_->index_select(0, known).mul(counts).sum();
  }

  double label_smoothing_;
  std::optional<std::int64_t> ignored_;
  std::optional<at::Tensor> weights_;  // [classes]
};

/// As CrossEntropy.
class Focal final : public Loss {
 public:
  using Params = FocalParams;

  Focal(const Params& params, const Needs& needs)
      : gamma_(params.gamma), weights_(weight_tensor(params.class_weights, needs)) {}

  LossValue operator()(const Outputs& outputs, const Batch& batch) const override {
    const at::Tensor target = batch.target.flatten();
    const at::Tensor all = at::log_softmax(full_scores(outputs).flatten(0, -2), -1);
    const at::Tensor log_p = at::gather(all, 1, target.unsqueeze(1)).squeeze(1);
    at::Tensor terms = log_p.neg();
    if (gamma_ != 0) terms = terms.mul(missing(log_p).pow(gamma_));
    LossValue value;
    value.count = static_cast<double>(target.size(0));
    if (weights_) {
      const at::Tensor weights = weights_->index_select(0, target);
      value.weight = weights.sum();
      terms = terms.mul(weights);
    }
    value.sum = terms.sum();
    return value;
  }

 private:
  // 1 - p. The slope of x^gamma with gamma below 1 is infinite at 0, where p is rounded to 1: such a term has
  // no slope.
  static at::Tensor missing(const at::Tensor& log_p) { return log_p.expm1().neg().clamp_min(1e-30); }

  double gamma_;
  std::optional<at::Tensor> weights_;  // [classes]
};

}  // namespace

void implement_cross_entropy(Implementations& parts) {
  parts.add<CrossEntropy>("cross_entropy");
  parts.add<Focal>("focal");
}

}  // namespace assay::losses
