#include "plugins/layers/convolution.h"

#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/conv1d.h>
#include <ATen/ops/conv2d.h>

#include "plugins/layers/weights.h"

namespace assay::layers {

namespace {

/// x [batch, channels, length] -> [batch, channels', length'], and so on with height and width.
template <std::size_t axes>
class Convolution final : public SimpleLayer {
 public:
  using Params = ConvolutionParams<axes>;

  Convolution(const Params& params, const LayerNeeds& needs) : params_(params) {
    const std::vector<std::int64_t> shape = params.weight_shape(needs.inputs.front());
    const std::int64_t taps = element_count(shape) / shape[0] / shape[1];
    const Fans fans{shape[1] * taps, shape[0] * taps};
    weight_ = drawn("weight", shape, params.init.weight, fans, needs);
    add_parameter("weight", weight_);
    if (!params.bias) return;
    bias_ = drawn("bias", {params.channels}, params.init.bias, fans, needs);
    add_parameter("bias", bias_);
  }

  at::Tensor forward(const at::Tensor& x, Context&) override {
    if (params_.is_same()) return convolve(x, c10::string_view("same"));
    if (params_.is_causal()) {
      return convolve(at::constant_pad_nd(x, {params_.causal_zeros(), 0}), at::IntArrayRef(0));
    }
    const std::int64_t padding = params_.padding.integer();
    return convolve(x, at::IntArrayRef(padding));
  }

 private:
  template <class Padding>
  at::Tensor convolve(const at::Tensor& x, Padding padding) const {
    if constexpr (axes == 1) {
      return at::conv1d(x, weight_, bias_, params_.stride, padding, params_.dilation, params_.groups);
    } else {
      return at::conv2d(x, weight_, bias_, params_.stride, padding, params_.dilation, params_.groups);
    }
  }

  Params params_;
  at::Tensor weight_;
  at::Tensor bias_;
};

}  // namespace

void implement_convolution(Implementations& parts) {
  parts.add<Convolution<1>>("conv1d");
  parts.add<Convolution<2>>("conv2d");
}

}  // namespace assay::layers
