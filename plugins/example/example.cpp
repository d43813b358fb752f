// What layer `example/example` computes. Include the operators that are used (<ATen/ops/...>), not
// <torch/torch.h>, which takes ten seconds more to compile.
#include "example.h"

#include <ATen/ops/mul.h>
#include <ATen/ops/sigmoid.h>

#include "registry/contracts/tensor/model.h"
#include "registry/plugin.h"

namespace {

/// x [batch, ..., features] -> the same shape.
class Example final : public assay::SimpleLayer {
 public:
  using Params = example::ExampleParams;

  Example(const Params& params, const Needs& needs)
      : slope_(make_constant("slope", {needs.inputs.front().sizes.back()}, params.slope, needs.init)) {
    add_parameter("slope", slope_);  // named as the shape function names it
  }

  at::Tensor forward(const at::Tensor& x, assay::Context&) override {
    return at::mul(x, at::sigmoid(at::mul(slope_, x)));
  }

 private:
  at::Tensor slope_;
};

}  // namespace

ASSAY_IMPLEMENT(example, parts) { parts.add<Example>("example"); }
