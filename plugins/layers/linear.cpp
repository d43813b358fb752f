#include "plugins/layers/linear.h"

#include <ATen/ops/linear.h>

#include "registry/contracts/tensor/model.h"

namespace assay::layers {

namespace {

/// x [batch, features] -> [batch, units].
class Linear final : public SimpleLayer {
 public:
  using Params = LinearParams;

  Linear(const Params& params, const Needs& needs) {
    const std::int64_t units = params.units_for(needs.facts);
    const std::int64_t features = needs.inputs.front().sizes[0];
    weight_ = make_parameter("weight", {units, features}, *needs.parts.build(params.init.weight, {}),
                             features, units, needs.init);
    add_parameter("weight", weight_);
    if (!params.bias) return;
    bias_ = make_parameter("bias", {units}, *needs.parts.build(params.init.bias, {}), features, units,
                           needs.init);
    add_parameter("bias", bias_);
  }

  at::Tensor forward(const at::Tensor& x, Context&) override { return at::linear(x, weight_, bias_); }

 private:
  at::Tensor weight_;
  at::Tensor bias_;
};

}  // namespace

void implement_linear(Implementations& parts) { parts.add<Linear>("linear"); }

}  // namespace assay::layers
