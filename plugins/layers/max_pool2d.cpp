#include "plugins/layers/max_pool2d.h"

#include <ATen/ops/max_pool2d.h>

#include "registry/contracts/tensor/model.h"

namespace assay::layers {

namespace {

/// x [batch, channels, height, width] -> [batch, channels, height', width'].
class MaxPool2d final : public SimpleLayer {
 public:
  using Params = MaxPool2dParams;
  MaxPool2d(const Params& params, const Needs&)
      : params_(params), stride_(params.stride.value_or(params.kernel)) {}

  at::Tensor forward(const at::Tensor& x, Context&) override {
    return at::max_pool2d(x, params_.kernel, stride_, params_.padding);
  }

 private:
  Params params_;
  std::int64_t stride_;
};

}  // namespace

void implement_max_pool2d(Implementations& parts) { parts.add<MaxPool2d>("max_pool2d"); }

}  // namespace assay::layers
