#include "plugins/layers/linear.h"

#include <algorithm>

#include "plugins/layers/weights.h"
#include "registry/contracts/tensor/linear.h"

namespace assay::layers {

namespace {

/// x [batch, ..., features] -> [batch, ..., units].
class Linear final : public SimpleLayer {
 public:
  using Params = LinearParams;

  Linear(const Params& params, const Needs& needs) {
    const std::int64_t units = params.units_for(needs.facts);
    const std::int64_t features = needs.inputs.front().sizes.back();
    if (params.tied.empty()) {
      own_weight_ = drawn("weight", {units, features}, params.init.weight, {features, units}, needs);
      add_parameter("weight", own_weight_);
    } else {
      tied_ = params.tied_weight();
      weight_ = nullptr;  // until the whole model is there
    }
    if (!params.bias) return;
    bias_ = drawn("bias", {units}, params.init.bias, {features, units}, needs);
    add_parameter("bias", bias_);
  }

  at::Tensor forward(const at::Tensor& x, Context&) override {
    ASSAY_ASSERT(weight_ != nullptr);
    return assay::linear(x, *weight_, bias_);
  }

 private:
  void on_tree(const std::vector<Named>& parameters) override {
    if (tied_.empty()) return;
    const auto found = std::ranges::find(parameters, tied_, &Named::name);
    if (found != parameters.end()) weight_ = found->tensor;
  }

  at::Tensor own_weight_;  // undefined where it is tied
  std::string tied_;
  const at::Tensor* weight_ = &own_weight_;
  at::Tensor bias_;
};

}  // namespace

void implement_linear(Implementations& parts) { parts.add<Linear>("linear"); }

}  // namespace assay::layers
