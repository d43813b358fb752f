#include "plugins/layers/batch_norm2d.h"

#include <ATen/ops/batch_norm.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

#include "registry/contracts/tensor/model.h"

namespace assay::layers {

namespace {

/// x [batch, channels, height, width] or [batch, features] -> the same shape. Names and numbers are
/// PyTorch's; num_batches_tracked is only counted, for weights that come from there or go there.
class BatchNorm2d final : public SimpleLayer {
 public:
  using Params = BatchNorm2dParams;

  BatchNorm2d(const Params& params, const Needs& needs) : shape_(needs.inputs.front()), params_(params) {
    const std::int64_t channels = needs.inputs.front().sizes[0];
    if (params.affine) {
      weight_ = at::ones({channels}).requires_grad_(true);
      bias_ = at::zeros({channels}).requires_grad_(true);
      add_parameter("weight", weight_);
      add_parameter("bias", bias_);
    }
    running_mean_ = at::zeros({channels});
    running_var_ = at::ones({channels});
    batches_ = at::zeros({}, at::kLong);
    add_buffer("running_mean", running_mean_);
    add_buffer("running_var", running_var_);
    add_buffer("num_batches_tracked", batches_);
  }

  at::Tensor forward(const at::Tensor& x, Context& context) override {
    if (context.is_training) count_batch(x);
    return at::batch_norm(x, weight_, bias_, running_mean_, running_var_, context.is_training,
                          params_.momentum, params_.eps, /*cudnn_enabled=*/true);
  }

 private:
  void count_batch(const at::Tensor& x) {
    if (x.numel() <= x.size(1)) {
      throw Error(Kind::run,
                  text("batch_norm2d cannot normalise over ", count_text(x.size(0), "sample"), " of ",
                       to_string(shape_)),
                  "set `train.drop_last: true`, or another batch_size, so that no batch holds one sample");
    }
    batches_.add_(1);
  }

  Shape shape_;  // of one sample
  Params params_;
  at::Tensor weight_;
  at::Tensor bias_;
  at::Tensor running_mean_;
  at::Tensor running_var_;
  at::Tensor batches_;
};

}  // namespace

void implement_batch_norm2d(Implementations& parts) { parts.add<BatchNorm2d>("batch_norm2d"); }

}  // namespace assay::layers
