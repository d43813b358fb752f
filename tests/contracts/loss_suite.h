// What holds for every loss of scores and targets.
#pragma once

#include <memory>

#include <ATen/ops/arange.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/contracts/tensor/loss.h"
#include "tests/contracts/tensor_component.h"

namespace assay::testing {

/// A task that the component serves, and samples of it: scores [rows, outputs] and their targets.
struct ScoredSamples {
  explicit ScoredSamples(const ComponentInfo& info) {
    const auto* facet = std::any_cast<TaskFacet>(&info.facet);
    is_classification = facet == nullptr || facet->serves(Task::Kind::classification);
    task = {is_classification ? Task::Kind::classification : Task::Kind::regression, outputs, {}};
  }

  at::Tensor scores(std::int64_t first, std::int64_t count) const {
    return spread({rows, outputs}).mul(4).narrow(0, first, count);
  }
  Batch batch(std::int64_t first, std::int64_t count) const {
    const at::Tensor classes = at::remainder(at::arange(rows, at::kLong), outputs);
    const at::Tensor values = spread({rows + 1, outputs}).narrow(0, 1, rows).mul(3);
    Batch made;
    made.target = (is_classification ? classes : values).narrow(0, first, count);
    made.ids = ids_from(first, count);
    return made;
  }

  static constexpr std::int64_t rows = 12, outputs = 3;
  bool is_classification = true;
  Task task;
};

class LossSuite : public ::testing::TestWithParam<Component> {
 protected:
  LossValue value(std::int64_t first, std::int64_t count) const {
    return (*loss_)(Outputs(samples_.scores(first, count)), samples_.batch(first, count));
  }

  ScoredSamples samples_{*GetParam().info};
  std::unique_ptr<Loss> loss_ =
      GetParam().parts->build(bind_filled<Loss>(GetParam()), Loss::Needs{samples_.task});
};

TEST_P(LossSuite, PartsOfABatchAddUpToTheWhole) {
  const LossValue whole = value(0, 12), first = value(0, 5), second = value(5, 7);

  EXPECT_NEAR(first.sum.item<double>() + second.sum.item<double>(), whole.sum.item<double>(), 1e-4);
  EXPECT_EQ(first.count + second.count, whole.count);
}

TEST_P(LossSuite, HasAFiniteGradientThatIsNotZero) {
  const at::Tensor scores = samples_.scores(0, 12).clone().requires_grad_(true);
  (*loss_)(Outputs(scores), samples_.batch(0, 12)).mean().backward();

  EXPECT_TRUE(scores.grad().isfinite().all().item<bool>());
  EXPECT_GT(scores.grad().abs().sum().item<float>(), 0);
}

TEST_P(LossSuite, IsOneNumber) {
  EXPECT_EQ(value(0, 12).sum.dim(), 0);
  EXPECT_EQ(value(0, 12).mean().dim(), 0);
}

}  // namespace assay::testing
