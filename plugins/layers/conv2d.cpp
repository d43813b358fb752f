#include "plugins/layers/conv2d.h"

#include <ATen/ops/conv2d.h>

#include "registry/contracts/tensor/model.h"

namespace assay::layers {

namespace {

/// x [batch, channels, height, width] -> [batch, channels', height', width'].
class Conv2d final : public SimpleLayer {
 public:
  using Params = Conv2dParams;

  Conv2d(const Params& params, const Needs& needs) : params_(params) {
    const std::int64_t area = params.kernel * params.kernel;
    const std::int64_t group_channels = needs.inputs.front().sizes[0] / params.groups;
    const std::int64_t fan_in = group_channels * area;
    const std::int64_t fan_out = params.channels * area;
    weight_ = make_parameter("weight", {params.channels, group_channels, params.kernel, params.kernel},
                             *needs.parts.build(params.init.weight, {}), fan_in, fan_out, needs.init);
    add_parameter("weight", weight_);
    if (!params.bias) return;
    bias_ = make_parameter("bias", {params.channels}, *needs.parts.build(params.init.bias, {}), fan_in,
                           fan_out, needs.init);
    add_parameter("bias", bias_);
  }

  at::Tensor forward(const at::Tensor& x, Context&) override {
    if (params_.is_same())
      return at::conv2d(x, weight_, bias_, params_.stride, "same", params_.dilation, params_.groups);
    const std::int64_t padding = params_.padding.integer();
    return at::conv2d(x, weight_, bias_, params_.stride, at::IntArrayRef(padding), params_.dilation,
                      params_.groups);
  }

 private:
  Params params_;
  at::Tensor weight_;
  at::Tensor bias_;
};

}  // namespace

void implement_conv2d(Implementations& parts) { parts.add<Conv2d>("conv2d"); }

}  // namespace assay::layers
