// What holds for every optimizer.
#pragma once

#include <memory>
#include <vector>

#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/contracts/tensor/optimizer.h"
#include "tests/contracts/tensor_component.h"

namespace assay::testing {

/// A small problem with an optimizer on it: gradients are a fixed function of weights and step.
class Descent {
 public:
  explicit Descent(const Component& component, const std::string& options = "{}")
      : parameters_{{"layers.0.weight", spread({4, 3}).requires_grad_(true)},
                    {"layers.0.bias", spread({4}).requires_grad_(true)}},
        optimizer_(component.parts->build(bind_filled<Optimizer>(component, options),
                                          Optimizer::Needs{parameters_})) {}

  void set_gradients(std::int64_t step) {
    for (const TrainedParameter& parameter : parameters_) {
      const at::Tensor values = parameter.tensor.detach();
      parameter.tensor.mutable_grad() =
          values.mul(0.7).add(spread(values.sizes().vec()).mul(static_cast<double>(step % 3) - 0.5));
    }
  }
  void run(std::int64_t first, std::int64_t last) {
    for (std::int64_t step = first; step < last; ++step) {
      set_gradients(step);
      optimizer_->step({.factor = 1.0 / (1.0 + 0.1 * static_cast<double>(step))});
    }
  }
  /// Copies of the weights.
  std::vector<at::Tensor> weights() const {
    std::vector<at::Tensor> out;
    for (const TrainedParameter& parameter : parameters_) out.push_back(parameter.tensor.detach().clone());
    return out;
  }
  void set_weights(const std::vector<at::Tensor>& values) {
    for (std::size_t i = 0; i < values.size(); ++i) parameters_[i].tensor.detach().copy_(values[i]);
  }

  at::Tensor& weight() { return parameters_[0].tensor; }
  at::Tensor& bias() { return parameters_[1].tensor; }
  Optimizer& optimizer() { return *optimizer_; }

 private:
  std::vector<TrainedParameter> parameters_;
  std::unique_ptr<Optimizer> optimizer_;
};

inline bool are_equal(const std::vector<at::Tensor>& a, const std::vector<at::Tensor>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const at::Tensor& left, const at::Tensor& right) { return left.equal(right); });
}

class OptimizerSuite : public ::testing::TestWithParam<Component> {};

TEST_P(OptimizerSuite, OneStepMovesEveryParameter) {
  Descent descent(GetParam());
  const auto before = descent.weights();
  descent.run(0, 1);

  EXPECT_FALSE(descent.weight().equal(before[0]));
  EXPECT_FALSE(descent.bias().equal(before[1]));
}

TEST_P(OptimizerSuite, AStepLeavesTheGradientsAlone) {
  Descent descent(GetParam());
  descent.set_gradients(0);
  const at::Tensor gradient = descent.weight().grad().clone();
  descent.optimizer().step({});

  EXPECT_TRUE(descent.weight().grad().equal(gradient));
}

TEST_P(OptimizerSuite, AFactorOfZeroMovesNothing) {
  Descent descent(GetParam());
  const auto before = descent.weights();
  descent.set_gradients(0);
  descent.optimizer().step({.factor = 0});

  EXPECT_TRUE(are_equal(descent.weights(), before));
}

TEST_P(OptimizerSuite, AParameterWithoutAGradientStays) {
  Descent descent(GetParam());
  descent.run(0, 3);
  const auto before = descent.weights();
  descent.set_gradients(3);
  descent.bias().mutable_grad() = at::Tensor();
  descent.optimizer().step({});

  EXPECT_FALSE(descent.weight().equal(before[0]));
  EXPECT_TRUE(descent.bias().equal(before[1]));
}

TEST_P(OptimizerSuite, AParameterMayGetItsFirstGradientLater) {
  Descent descent(GetParam());
  descent.set_gradients(0);
  descent.bias().mutable_grad() = at::Tensor();
  descent.optimizer().step({});
  const at::Tensor before = descent.bias().detach().clone();
  descent.run(1, 2);

  EXPECT_FALSE(descent.bias().equal(before));
  EXPECT_TRUE(descent.bias().isfinite().all().item<bool>());
}

TEST_P(OptimizerSuite, NonFiniteGradientsSkipTheStepWhenTheyAreReported) {
  Descent skipped(GetParam()), straight(GetParam());
  skipped.run(0, 2);
  straight.run(0, 2);
  skipped.set_gradients(2);
  skipped.optimizer().step({.grad_scale = at::ones({}), .found_inf = at::ones({})});
  EXPECT_TRUE(are_equal(skipped.weights(), straight.weights()));

  skipped.run(2, 4);
  straight.run(2, 4);
  EXPECT_TRUE(are_equal(skipped.weights(), straight.weights()));
}

TEST_P(OptimizerSuite, ScaledGradientsAreUnscaled) {
  Descent scaled(GetParam()), plain(GetParam());
  scaled.set_gradients(0);
  plain.set_gradients(0);
  scaled.weight().mutable_grad().mul_(8);
  scaled.bias().mutable_grad().mul_(8);
  scaled.optimizer().step(
      {.grad_scale = at::full({}, 8.0, at::kFloat), .found_inf = at::full({}, 0.0, at::kFloat)});
  plain.optimizer().step({});

  EXPECT_TRUE(are_equal(scaled.weights(), plain.weights()));
}

TEST_P(OptimizerSuite, SavedAndLoadedItGoesOnAsStraightOn) {
  Descent straight(GetParam()), resumed(GetParam());
  straight.run(0, 20);
  const State state = saved(straight.optimizer());
  resumed.set_weights(straight.weights());
  resumed.optimizer().load(StateReader(state));

  straight.run(20, 40);
  resumed.run(20, 40);

  EXPECT_TRUE(are_equal(resumed.weights(), straight.weights()));
  const State a = saved(straight.optimizer()), b = saved(resumed.optimizer());
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].name, b[i].name);
    EXPECT_EQ(std::memcmp(a[i].view.data, b[i].view.data, a[i].view.bytes()), 0) << a[i].name;
  }
}

TEST_P(OptimizerSuite, KeepsAsManyNumbersForEachWeightAsItDeclares) {
  const auto groups = std::any_cast<OptimizerFacet>(GetParam().info->facet)
                          .groups(bind_filled<Optimizer>(GetParam()).params());
  if (!groups.back().state_per_weight) GTEST_SKIP() << "it declares nothing";
  Descent descent(GetParam());
  descent.run(0, 2);

  std::int64_t kept = 0;
  for (const StateEntry& entry : saved(descent.optimizer())) {
    if (entry.name.starts_with("state/")) kept += element_count(entry.view.shape);
  }
  EXPECT_EQ(kept, *groups.back().state_per_weight * (4 * 3 + 4));
}

/// Optimizers with `groups` that have a learning rate to give them.
class GroupsSuite : public OptimizerSuite {
 protected:
  void SetUp() override {
    const ComponentInfo& info = *GetParam().info;
    if (!info.find(groups_key) || !info.find("lr")) GTEST_SKIP() << "it has no groups";
  }
};

TEST_P(GroupsSuite, EachIsTrainedAsByAnOptimizerOfItsOwn) {
  Descent grouped(GetParam(), R"({"lr": 0.01, "groups": [{"match": "*bias", "lr": 0.03}]})");
  Descent slow(GetParam(), R"({"lr": 0.01})"), fast(GetParam(), R"({"lr": 0.03})");
  for (Descent* descent : {&grouped, &slow, &fast}) descent->run(0, 20);

  EXPECT_TRUE(grouped.weight().equal(slow.weight()));
  EXPECT_TRUE(grouped.bias().equal(fast.bias()));
}

TEST_P(GroupsSuite, TheFirstThatMatchesWins) {
  Descent one(GetParam(), R"({"groups": [{"match": "*bias", "lr": 0.03}]})");
  Descent two(GetParam(), R"({"groups": [{"match": "*bias", "lr": 0.03}, {"match": "*bias", "lr": 0.5}]})");
  for (Descent* descent : {&one, &two}) descent->run(0, 5);

  EXPECT_TRUE(are_equal(one.weights(), two.weights()));
}

TEST_P(GroupsSuite, TheRateThatIsReportedIsThatOfTheRest) {
  Descent descent(GetParam(), R"({"lr": 0.25, "groups": [{"match": "*", "lr": 0.5}]})");
  EXPECT_EQ(descent.optimizer().learning_rate(), 0.25);
}

TEST_P(GroupsSuite, TheStateIsThatWithoutGroups) {
  Descent grouped(GetParam(), R"({"groups": [{"match": "*bias"}]})"), plain(GetParam());
  for (Descent* descent : {&grouped, &plain}) descent->run(0, 5);

  const State state = saved(plain.optimizer());
  EXPECT_EQ(saved(grouped.optimizer()).size(), state.size());
  grouped.optimizer().load(StateReader(state));
  for (Descent* descent : {&grouped, &plain}) descent->run(5, 10);
  EXPECT_TRUE(are_equal(grouped.weights(), plain.weights()));
}

TEST_P(OptimizerSuite, StateIsNamedByParameter) {
  Descent descent(GetParam());
  descent.run(0, 2);

  for (const StateEntry& entry : saved(descent.optimizer())) {
    EXPECT_TRUE(entry.name.starts_with("state/layers.0.") || entry.name.find('/') == std::string::npos)
        << entry.name;
  }
}

}  // namespace assay::testing
