#include "plugins/layers/norms.h"

#include <string>

#include <ATen/ops/batch_norm.h>
#include <ATen/ops/group_norm.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/rms_norm.h>
#include <ATen/ops/zeros.h>

#include "registry/contracts/tensor/model.h"

namespace assay::layers {

namespace {

/// x [batch, channels, ...] or [batch, features] -> the same shape. Names and numbers are PyTorch's;
/// num_batches_tracked is only counted, for weights that come from there or go there.
class BatchNorm final : public SimpleLayer {
 public:
  using Params = BatchNormParams;

  BatchNorm(const Params& params, const Needs& needs) : shape_(needs.inputs.front()), params_(params) {
    const std::int64_t channels = shape_.sizes[0];
    if (params.affine) {
      weight_ = make_constant("weight", {channels}, params.scale, needs.init);
      bias_ = make_constant("bias", {channels}, 0, needs.init);
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
                  text(path(), " (batch_norm) cannot normalise over ", count_text(x.size(0), "sample"),
                       " of ", to_string(shape_)),
                  "set `train.drop_last: true`, or another batch_size, so that no batch holds one sample");
    }
    batches_.add_(1);
  }

  Shape shape_;  // of one sample
  Params params_;
  at::Tensor weight_, bias_;
  at::Tensor running_mean_, running_var_, batches_;
};

std::vector<std::int64_t> last(const Shape& shape, std::int64_t axes) {
  return {shape.sizes.end() - axes, shape.sizes.end()};
}

/// x [batch, ...] -> the same shape.
class LayerNorm final : public SimpleLayer {
 public:
  using Params = LayerNormParams;

  LayerNorm(const Params& params, const Needs& needs)
      : eps_(params.eps), shape_(last(needs.inputs.front(), params.axes)) {
    if (!params.affine) return;
    weight_ = make_constant("weight", shape_, params.scale, needs.init);
    add_parameter("weight", weight_);
    if (!params.bias) return;
    bias_ = make_constant("bias", shape_, 0, needs.init);
    add_parameter("bias", bias_);
  }

  at::Tensor forward(const at::Tensor& x, Context&) override {
    return at::layer_norm(x, shape_, weight_, bias_, eps_);
  }

 private:
  double eps_;
  std::vector<std::int64_t> shape_;
  at::Tensor weight_, bias_;
};

/// x [batch, ...] -> the same shape.
class RmsNorm final : public SimpleLayer {
 public:
  using Params = RmsNormParams;

  RmsNorm(const Params& params, const Needs& needs)
      : eps_(params.eps), shape_(last(needs.inputs.front(), params.axes)) {
    if (!params.affine) return;
    weight_ = make_constant("weight", shape_, params.scale, needs.init);
    add_parameter("weight", weight_);
  }

  at::Tensor forward(const at::Tensor& x, Context&) override {
    // Unlike the other norms it takes an undefined tensor for a weight.
    return at::rms_norm(x, shape_, weight_.defined() ? std::optional(weight_) : std::nullopt, eps_);
  }

 private:
  double eps_;
  std::vector<std::int64_t> shape_;
  at::Tensor weight_;
};

/// x [batch, channels, ...] -> the same shape.
class GroupNorm final : public SimpleLayer {
 public:
  using Params = GroupNormParams;

  GroupNorm(const Params& params, const Needs& needs) : groups_(params.groups), eps_(params.eps) {
    if (!params.affine) return;
    weight_ = make_constant("weight", {needs.inputs.front().sizes[0]}, params.scale, needs.init);
    bias_ = make_constant("bias", {needs.inputs.front().sizes[0]}, 0, needs.init);
    add_parameter("weight", weight_);
    add_parameter("bias", bias_);
  }

  at::Tensor forward(const at::Tensor& x, Context&) override {
    return at::group_norm(x, groups_, weight_, bias_, eps_);
  }

 private:
  std::int64_t groups_;
  double eps_;
  at::Tensor weight_, bias_;
};

}  // namespace

void implement_norms(Implementations& parts) {
  parts.add<BatchNorm>("batch_norm");
  parts.add<BatchNorm>("batch_norm2d");
  parts.add<LayerNorm>("layer_norm");
  parts.add<RmsNorm>("rms_norm");
  parts.add<GroupNorm>("group_norm");
}

}  // namespace assay::layers
