#include "registry/contracts/tensor/batch.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "registry/contracts/tensor/loss.h"

namespace assay {
namespace {

using ::testing::HasSubstr;

TEST(NamedTensors, SettingANameAgainReplacesIt) {
  NamedTensors tensors;
  tensors.set("x", at::zeros({2}));
  tensors.set("x", at::ones({3}));

  EXPECT_EQ(tensors.all().size(), 1U);
  EXPECT_EQ(tensors.get("x").numel(), 3);
}

TEST(NamedTensors, AMissingNameIsToldWithThoseThatAreThere) {
  NamedTensors tensors;
  tensors.set("scores", at::zeros({2}));

  EXPECT_EQ(tensors.find("x"), nullptr);
  try {
    tensors.get("x");
    FAIL() << "should throw";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Kind::internal);
    EXPECT_THAT(error.what(), HasSubstr("no tensor 'x', only: scores"));
  }
}

TEST(LossValue, TheMeanIsOverTheCountOrTheWeight) {
  LossValue value{.sum = at::ones({}) * 6, .count = 3, .weight = {}};
  EXPECT_EQ(value.mean().item<float>(), 2);

  value.weight = at::ones({}) * 12;
  EXPECT_EQ(value.mean().item<float>(), 0.5);
}

}  // namespace
}  // namespace assay
