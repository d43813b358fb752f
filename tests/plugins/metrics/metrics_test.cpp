// What single metrics do beyond the suite of all metrics (tests/contracts/metric_suite.h).
#include <cmath>
#include <memory>
#include <string>

#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include "registry/contracts/tensor/metric.h"
#include "tests/contracts/tensor_component.h"

namespace assay::testing {
namespace {

double value_of(const std::string& name, const Metric::Needs& needs, const at::Tensor& scores,
                const at::Tensor& target) {
  const Component component = tensor_component("metric", name);
  const auto metric = component.parts->build(bind_filled<Metric>(component), needs);
  Batch batch;
  batch.target = target;
  metric->update(Outputs(scores), batch);
  return metric->values().at(0).value;
}

TEST(Accuracy, IsTheShareOfRightAnswers) {
  const at::Tensor scores = at::tensor({3.0F, 1.0F, 0.0F, 2.0F, 5.0F, 4.0F, 1.0F, 2.0F}).reshape({4, 2});
  EXPECT_EQ(value_of("accuracy", {}, scores, at::tensor({0, 1, 1, 1}, at::kLong)), 0.75);
}

TEST(Accuracy, OfEqualScoresTheFirstWins) {
  const at::Tensor scores = at::tensor({1.0F, 1.0F}).reshape({1, 2});
  EXPECT_EQ(value_of("accuracy", {}, scores, at::tensor({0}, at::kLong)), 1);
}

TEST(Accuracy, OfSequencesCountsEveryPlace) {
  const at::Tensor scores = at::tensor({3.0F, 1.0F, 0.0F, 2.0F, 5.0F, 4.0F, 1.0F, 2.0F}).reshape({2, 2, 2});
  EXPECT_EQ(value_of("accuracy", {}, scores, at::tensor({0, 1, 1, 1}, at::kLong).reshape({2, 2})), 0.75);
}

TEST(Surprise, OfEqualScoresIsThatOfADraw) {
  const at::Tensor scores = at::zeros({3, 2, 8});
  const at::Tensor target = at::zeros({3, 2}, at::kLong);
  EXPECT_NEAR(value_of("perplexity", {}, scores, target), 8, 1e-5);
  EXPECT_NEAR(value_of("bits_per_character", {}, scores, target), 3, 1e-6);
}

TEST(Errors, AreInTheUnitsOfTheData) {
  const Metric::Needs needs{
      .task = {}, .invert_targets = [](const at::Tensor& values) { return values.mul(10).add(100); }};
  const at::Tensor scores = at::tensor({1.0F, 2.0F}).reshape({2, 1}),
                   target = at::tensor({4.0F, 6.0F}).reshape({2, 1});

  EXPECT_DOUBLE_EQ(value_of("rmse", needs, scores, target), std::sqrt((30.0 * 30 + 40 * 40) / 2));
  EXPECT_DOUBLE_EQ(value_of("mae", needs, scores, target), 35);
}

}  // namespace
}  // namespace assay::testing
