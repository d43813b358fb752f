#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include "registry/contracts/tensor/penalty.h"
#include "tests/contracts/tensor_component.h"

namespace assay::testing {
namespace {

std::unique_ptr<Penalty> built(std::string_view name, std::vector<at::Tensor> parameters) {
  const Component component = tensor_component("penalty", name);
  return component.parts->build(bind_filled<Penalty>(component, std::string(R"({"weight": 0.5})")),
                                {std::move(parameters)});
}

at::Tensor weights(std::initializer_list<float> values) {
  return at::tensor(std::vector<float>(values)).requires_grad_(true);
}

TEST(L2, IsTheSumOfSquaresWithoutAHalf) {
  const at::Tensor a = weights({1, -2, 3}), b = weights({0.5F});

  const at::Tensor value = (*built("l2", {a, b}))();
  value.backward();

  EXPECT_EQ(value.item<float>(), 14.25F);
  EXPECT_TRUE(a.grad().equal(a.detach().mul(2)));
  EXPECT_TRUE(b.grad().equal(b.detach().mul(2)));
}

TEST(L1, IsTheSumOfAbsoluteValuesWithAGradientOfSigns) {
  const at::Tensor a = weights({1, -2, 0}), b = weights({0.5F});

  const at::Tensor value = (*built("l1", {a, b}))();
  value.backward();

  EXPECT_EQ(value.item<float>(), 3.5F);
  EXPECT_TRUE(a.grad().equal(at::tensor(std::vector<float>{1, -1, 0})));
  EXPECT_TRUE(b.grad().equal(at::tensor(std::vector<float>{1})));
}

TEST(L2, FollowsTheWeightsAsTheyMove) {
  const at::Tensor a = weights({1, 2});
  const auto penalty = built("l2", {a});
  a.detach().mul_(2);

  EXPECT_EQ((*penalty)().item<float>(), 20.0F);
}

}  // namespace
}  // namespace assay::testing
