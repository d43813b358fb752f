// What single losses do beyond the suite of all losses (tests/contracts/loss_suite.h) and parity
// (tests/parity).
#include <cmath>
#include <memory>
#include <string>

#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plugins/losses/cross_entropy.h"
#include "registry/contracts/tensor/loss.h"
#include "tests/contracts/tensor_component.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

std::unique_ptr<Loss> build(const std::string& name, const std::string& options = "{}") {
  const Component component = tensor_component("loss", name);
  return component.parts->build(bind_filled<Loss>(component, options),
                                Loss::Needs{{Task::Kind::classification, 3, {}}});
}

Batch with_target(at::Tensor target) {
  Batch batch;
  batch.target = std::move(target);
  return batch;
}

TEST(CrossEntropy, OfEqualScoresIsTheLogOfTheNumberOfClasses) {
  const LossValue value =
      (*build("cross_entropy"))(Outputs(at::zeros({4, 3})), with_target(at::zeros({4}, at::kLong)));
  EXPECT_NEAR(value.mean().item<double>(), std::log(3.0), 1e-6);
  EXPECT_EQ(value.count, 4);
}

TEST(CrossEntropy, ClassWeightsWeighTheMean) {
  const auto loss = build("cross_entropy", R"({"class_weights": [1, 0, 3]})");
  const LossValue value = (*loss)(Outputs(at::zeros({3, 3})), with_target(at::tensor({0, 1, 2}, at::kLong)));

  EXPECT_EQ(value.weight.item<float>(), 4);
  EXPECT_NEAR(value.mean().item<double>(), std::log(3.0), 1e-6);
}

TEST(CrossEntropy, OfSequencesCountsEveryPlace) {
  const at::Tensor scores = at::tensor({1.0F, 2.0F, 0.0F, 3.0F, 1.0F, 1.0F}).reshape({1, 2, 3});
  const at::Tensor target = at::tensor({2, 0}, at::kLong);
  const auto loss = build("cross_entropy");

  const LossValue value = (*loss)(Outputs(scores), with_target(target.reshape({1, 2})));
  const LossValue flat = (*loss)(Outputs(scores.reshape({2, 3})), with_target(target));

  EXPECT_EQ(value.count, 2);
  EXPECT_EQ(value.sum.item<float>(), flat.sum.item<float>());
}

std::vector<Misfit> misfits_of_weights(std::vector<double> weights, const Task& task) {
  losses::CrossEntropyParams params;
  params.class_weights = std::move(weights);
  return params.misfits(task);
}

TEST(CrossEntropy, WantsAWeightForEveryClass) {
  const Task task{Task::Kind::classification, 3, {}};
  EXPECT_TRUE(misfits_of_weights({}, task).empty());
  EXPECT_TRUE(misfits_of_weights({1, 2, 3}, task).empty());

  const std::vector<Misfit> misfits = misfits_of_weights({1, 2}, task);
  ASSERT_THAT(misfits, SizeIs(1));
  EXPECT_EQ(misfits[0].key, "class_weights");
  EXPECT_EQ(misfits[0].message, "has 2 weights, but the task is classification with 3 classes");
}

TEST(Mse, IsOverAllValues) {
  const LossValue value = (*build("mse"))(Outputs(at::tensor({1.0F, 2.0F, 3.0F, 6.0F}).reshape({2, 2})),
                                          with_target(at::zeros({2, 2})));
  EXPECT_EQ(value.mean().item<float>(), 12.5F);
  EXPECT_EQ(value.count, 4);
}

TEST(Mse, NeverBroadcasts) {
  EXPECT_THROW((*build("mse"))(Outputs(at::zeros({4, 1})), with_target(at::zeros({4}))), Error);
}

}  // namespace
}  // namespace assay::testing
