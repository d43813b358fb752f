// What holds for every initialiser.
#pragma once

#include <memory>
#include <string>

#include <ATen/ops/full.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/contracts/tensor/init.h"
#include "tests/contracts/tensor_component.h"

namespace assay::testing {

class InitSuite : public ::testing::TestWithParam<Component> {
 protected:
  at::Tensor filled(std::uint64_t seed, const std::string& name) const {
    at::Tensor values = at::full({20, 10}, -1e30, at::kFloat);
    init_->fill(values, 10, 20, seed, name);
    return values;
  }

  std::unique_ptr<Init> init_ = GetParam().parts->build(bind_filled<Init>(GetParam()), Init::Needs{});
};

TEST_P(InitSuite, FillsEverythingWithFiniteNumbers) {
  const at::Tensor values = filled(1, "weight");
  EXPECT_TRUE(values.isfinite().all().item<bool>());
  EXPECT_GT(values.min().item<float>(), -1e29F);
}

TEST_P(InitSuite, SameSeedAndNameSameValues) { EXPECT_TRUE(filled(1, "weight").equal(filled(1, "weight"))); }

TEST_P(InitSuite, WhatIsDrawnDependsOnSeedAndName) {
  const at::Tensor values = filled(1, "weight");
  if (values.min().equal(values.max())) return;  // a constant: nothing is drawn
  EXPECT_FALSE(values.equal(filled(2, "weight")));
  EXPECT_FALSE(values.equal(filled(1, "other.weight")));
}

}  // namespace assay::testing
