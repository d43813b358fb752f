// What is reordered for speed gives the same numbers.
#include <memory>
#include <string>

#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/relu.h>
#include <gtest/gtest.h>

#include "registry/contracts/tensor/model.h"
#include "tests/contracts/tensor_component.h"

namespace assay::testing {
namespace {

std::unique_ptr<Layer> built(const std::string& name, const std::string& options) {
  const Component component = tensor_component("layer", name);
  const ModelFacts facts = facts_of({3, 8, 8});
  const LayerNeeds parent{{{{3, 8, 8}}}, facts, *component.parts, {3, {}}};
  return build_layer("it", bind_filled<Layer>(component, options), {{{3, 8, 8}}}, parent).layer;
}

struct Result {
  at::Tensor value;
  at::Tensor gradient;
};

/// Of a function and of its sum, each output weighted by its place.
template <class Function>
Result apply(const at::Tensor& x, const Function& function) {
  const at::Tensor leaf = x.clone().requires_grad_();
  const at::Tensor y = function(leaf);
  y.mul(spread(y.sizes().vec())).sum().backward();
  return {y.detach(), leaf.grad()};
}

/// Windows without a positive value, with zeros of both signs, and with equal largest values.
at::Tensor with_ties() {
  at::Tensor x = spread({2, 3, 8, 8}).sub(0.3);
  x.narrow(3, 0, 2).fill_(-1);
  x.narrow(3, 2, 1).fill_(-0.0);
  x.narrow(3, 3, 1).fill_(0.0);
  x.narrow(3, 4, 2).fill_(2);
  return x;
}

TEST(Chain, AReluMovesBehindAMaxPoolWithoutADifferenceInABit) {
  for (const std::string pool :
       {R"("max_pool2d")", R"({"type": "max_pool2d", "kernel": 3, "stride": 2, "padding": 1})"}) {
    const auto chain = built("sequence", R"({"layers": ["relu", )" + pool + "]}");
    const bool is_plain = pool.find("stride") == std::string::npos;
    const at::Tensor x = with_ties();
    Context context;

    const Result ours = apply(x, [&](const at::Tensor& in) { return chain->forward({in}, context); });
    const Result plain = apply(x, [&](const at::Tensor& in) {
      return is_plain ? at::max_pool2d(at::relu(in), 2) : at::max_pool2d(at::relu(in), 3, 2, 1);
    });

    EXPECT_TRUE(ours.value.equal(plain.value)) << pool;
    EXPECT_TRUE(ours.gradient.equal(plain.gradient)) << pool;
  }
}

}  // namespace
}  // namespace assay::testing
