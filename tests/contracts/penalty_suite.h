// What holds for every penalty.
#pragma once

#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "registry/contracts/tensor/penalty.h"
#include "tests/contracts/tensor_component.h"

namespace assay::testing {

class PenaltySuite : public ::testing::TestWithParam<Component> {
 protected:
  std::unique_ptr<Penalty> on(std::vector<at::Tensor> parameters) const {
    return GetParam().parts->build(bind_filled<Penalty>(GetParam(), std::string(R"({"weight": 1})")),
                                   {std::move(parameters)});
  }
  std::vector<at::Tensor> weights_{spread({3, 4}).requires_grad_(true), spread({5}).requires_grad_(true)};
};

TEST_P(PenaltySuite, IsOneNumberOfAllItsParametersTogether) {
  const at::Tensor whole = (*on(weights_))(), first = (*on({weights_[0]}))(), second = (*on({weights_[1]}))();

  EXPECT_EQ(whole.dim(), 0);
  EXPECT_NEAR(whole.item<double>(), first.item<double>() + second.item<double>(), 1e-5);
}

TEST_P(PenaltySuite, HasAFiniteGradientForEveryParameter) {
  (*on(weights_))().backward();

  for (const at::Tensor& weight : weights_) {
    ASSERT_TRUE(weight.grad().defined());
    EXPECT_TRUE(weight.grad().isfinite().all().item<bool>());
    EXPECT_GT(weight.grad().abs().sum().item<float>(), 0);
  }
}

}  // namespace assay::testing
