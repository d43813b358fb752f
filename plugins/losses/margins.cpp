#include "plugins/losses/margins.h"

#include <limits>

#include <ATen/core/Reduction.h>
#include <ATen/ops/amax.h>
#include <ATen/ops/gather.h>
#include <ATen/ops/multi_margin_loss.h>
#include <ATen/ops/scatter.h>

#include "plugins/losses/scores.h"
#include "registry/contracts/tensor/loss.h"
#include "registry/implementations.h"

namespace assay::losses {

namespace {

/// scores [batch, ..., classes] float, target [batch, ...] i64: every place of a sequence counts as a sample.
class Hinge final : public Loss {
 public:
  using Params = HingeParams;
  Hinge(const Params& params, const Needs&) : params_(params) {}

  LossValue operator()(const Outputs& outputs, const Batch& batch) const override {
    const at::Tensor scores = full_scores(outputs).flatten(0, -2);
    const at::Tensor target = batch.target.flatten().unsqueeze(1);
    const at::Tensor others = at::scatter(scores, 1, target, -std::numeric_limits<double>::infinity());
    const at::Tensor lead = at::gather(scores, 1, target).sub(at::amax(others, 1, /*keepdim=*/true));
    const at::Tensor missing = lead.neg().add(params_.margin).clamp_min(0);
    LossValue value;
    value.sum = (params_.squared ? missing.square() : missing).sum();
    value.count = static_cast<double>(target.size(0));
    return value;
  }

 private:
  Params params_;
};

/// As Hinge.
class MultiMargin final : public Loss {
 public:
  using Params = MultiMarginParams;
  MultiMargin(const Params& params, const Needs&) : params_(params) {}

  LossValue operator()(const Outputs& outputs, const Batch& batch) const override {
    const at::Tensor target = batch.target.flatten();
    LossValue value;
    value.sum = at::multi_margin_loss(full_scores(outputs).flatten(0, -2), target, params_.p, params_.margin,
                                      {}, at::Reduction::Sum);
    value.count = static_cast<double>(target.size(0));
    return value;
  }

 private:
  Params params_;
};

}  // namespace

void implement_margins(Implementations& parts) {
  parts.add<Hinge>("hinge");
  parts.add<MultiMargin>("multi_margin");
}

}  // namespace assay::losses
