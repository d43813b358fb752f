// What single optimizers do beyond the suite of all optimizers (tests/contracts/optimizer_suite.h) and
// parity.
#include <memory>
#include <string>
#include <vector>

#include <ATen/ops/full.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/contracts/tensor/optimizer.h"
#include "tests/contracts/tensor_component.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// One weight of 1, and an optimizer on it.
struct OneWeight {
  OneWeight(const std::string& name, const std::string& options) {
    const Component component = tensor_component("optimizer", name);
    optimizer =
        component.parts->build(bind_filled<Optimizer>(component, options), Optimizer::Needs{{{"w", weight}}});
  }
  double step(double gradient, double factor = 1) {
    weight.mutable_grad() = at::full({1}, gradient, at::kFloat);
    optimizer->step({.factor = factor});
    return weight.item<double>();
  }

  at::Tensor weight = at::full({1}, 1.0, at::kFloat).requires_grad_(true);
  std::unique_ptr<Optimizer> optimizer;
};

std::vector<std::string> saved_names(const Optimizer& optimizer) {
  std::vector<std::string> out;
  for (const StateEntry& entry : saved(optimizer)) out.push_back(entry.name);
  return out;
}

TEST(Sgd, GoesDownTheGradientByTheScheduledRate) {
  OneWeight sgd("sgd", R"({"lr": 0.5})");
  EXPECT_EQ(sgd.step(1), 0.5);
  EXPECT_EQ(sgd.step(1, 0.5), 0.25);
  EXPECT_EQ(sgd.optimizer->learning_rate(), 0.5);
}

TEST(Sgd, WithoutMomentumKeepsNoState) {
  OneWeight sgd("sgd", "{}");
  sgd.step(1);
  EXPECT_THAT(saved_names(*sgd.optimizer), IsEmpty());
}

TEST(Sgd, TheFirstGradientIsNotDampened) {
  OneWeight sgd("sgd", R"({"lr": 0.5, "momentum": 0.5, "dampening": 0.5})");
  EXPECT_EQ(sgd.step(1), 0.5);  // v = 1
  EXPECT_EQ(sgd.step(1), 0.0);  // v = 0.5 * 1 + 0.5 * 1
  EXPECT_THAT(saved_names(*sgd.optimizer), ElementsAre("state/w/momentum_buffer"));
}

TEST(Sgd, NesterovNeedsAMomentum) {
  EXPECT_THAT(problems_of([] { OneWeight("sgd", R"({"nesterov": true})"); }), SizeIs(1));
}

TEST(Adam, TheFirstStepIsTheLearningRate) {
  OneWeight adam("adam", R"({"lr": 0.25, "eps": 1e-12})");
  EXPECT_NEAR(adam.step(0.001), 0.75, 1e-6);
  EXPECT_THAT(saved_names(*adam.optimizer), ElementsAre("step", "state/w/exp_avg", "state/w/exp_avg_sq"));
}

TEST(AdamW, DecaysApartFromTheGradient) {
  OneWeight adamw("adamw", R"({"lr": 0.25, "weight_decay": 0.5})");
  EXPECT_NEAR(adamw.step(0), 1 - 0.25 * 0.5, 1e-6);
}

}  // namespace
}  // namespace assay::testing
