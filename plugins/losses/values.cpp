#include "plugins/losses/values.h"

#include <ATen/core/Reduction.h>
#include <ATen/ops/huber_loss.h>
#include <ATen/ops/l1_loss.h>
#include <ATen/ops/mse_loss.h>
#include <ATen/ops/smooth_l1_loss.h>

#include "plugins/losses/scores.h"
#include "registry/contracts/tensor/loss.h"
#include "registry/implementations.h"

namespace assay::losses {

namespace {

/// scores and target [batch, ..., targets] float.
class ValueLoss : public Loss {
 public:
  LossValue operator()(const Outputs& outputs, const Batch& batch) const final {
    const at::Tensor scores = full_scores(outputs);
    ASSAY_ASSERT(scores.sizes() == batch.target.sizes());  // else LibTorch would broadcast
    LossValue value;
    value.sum = sum(scores, batch.target);
    value.count = static_cast<double>(scores.numel());
    return value;
  }

 private:
  virtual at::Tensor sum(const at::Tensor& scores, const at::Tensor& target) const = 0;
};

class Mse final : public ValueLoss {
 public:
  using Params = MseParams;
  Mse(const Params&, const Needs&) {}

 private:
  at::Tensor sum(const at::Tensor& scores, const at::Tensor& target) const override {
    return at::mse_loss(scores, target, at::Reduction::Sum);
  }
};

class Mae final : public ValueLoss {
 public:
  using Params = MaeParams;
  Mae(const Params&, const Needs&) {}

 private:
  at::Tensor sum(const at::Tensor& scores, const at::Tensor& target) const override {
    return at::l1_loss(scores, target, at::Reduction::Sum);
  }
};

class Huber final : public ValueLoss {
 public:
  using Params = HuberParams;
  Huber(const Params& params, const Needs&)
      : delta_(params.delta), is_smooth_l1_(params.form == "smooth_l1") {}

 private:
  at::Tensor sum(const at::Tensor& scores, const at::Tensor& target) const override {
    return is_smooth_l1_ ? at::smooth_l1_loss(scores, target, at::Reduction::Sum, delta_)
                         : at::huber_loss(scores, target, at::Reduction::Sum, delta_);
  }

  double delta_;
  bool is_smooth_l1_;
};

}  // namespace

void implement_values(Implementations& parts) {
  parts.add<Huber>("huber");
  parts.add<Mae>("mae");
  parts.add<Mse>("mse");
}

}  // namespace assay::losses
