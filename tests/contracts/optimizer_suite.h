// What holds for every optimizer.
#pragma once

#include <algorithm>
#include <limits>
#include <memory>
#include <vector>

#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/contracts/tensor/optimizer.h"
#include "tests/contracts/tensor_component.h"

namespace assay::testing {

/// A small problem with an optimizer on it: loss and gradients are a fixed function of weights and step.
class Descent {
 public:
  bool has_bias_gradient = true;
  double gradient_scale = 1;

  explicit Descent(const Component& component, const std::string& options = "{}")
      : parameters_{{"layers.0.weight", spread({4, 3}).requires_grad_(true)},
                    {"layers.0.bias", spread({4}).requires_grad_(true)}},
        optimizer_(component.parts->build(bind_filled<Optimizer>(component, options),
                                          Optimizer::Needs{parameters_})) {}

  /// Sets the gradients and gives the loss, as the engine's closure does.
  double look(std::int64_t step) {
    double loss = 0;
    for (const TrainedParameter& parameter : parameters_) {
      const at::Tensor values = parameter.tensor.detach();
      const at::Tensor pull = spread(values.sizes().vec()).mul(static_cast<double>(step % 3) - 0.5);
      parameter.tensor.mutable_grad() = values.mul(0.7).add(pull).mul(gradient_scale);
      loss += values.mul(0.35).add(pull).mul(values).sum().item<double>();
    }
    if (!has_bias_gradient) bias().mutable_grad() = at::Tensor();
    return loss;
  }
  void step(std::int64_t step, StepContext context = {}) {
    look(step);
    if (optimizer_->needs_closure()) context.closure = [this, step] { return look(step); };
    optimizer_->step(context);
  }
  void run(std::int64_t first, std::int64_t last) {
    for (std::int64_t now = first; now < last; ++now) {
      step(now, {.factor = 1.0 / (1.0 + 0.1 * static_cast<double>(now))});
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
  if (descent.optimizer().needs_closure()) GTEST_SKIP() << "it has them computed again";
  descent.look(0);
  const at::Tensor gradient = descent.weight().grad().clone();
  descent.optimizer().step({});

  EXPECT_TRUE(descent.weight().grad().equal(gradient));
}

TEST_P(OptimizerSuite, AFactorOfZeroMovesNothing) {
  Descent descent(GetParam());
  const auto before = descent.weights();
  descent.step(0, {.factor = 0});

  EXPECT_TRUE(are_equal(descent.weights(), before));
}

TEST_P(OptimizerSuite, AParameterWithoutAGradientStays) {
  Descent descent(GetParam());
  descent.run(0, 3);
  const auto before = descent.weights();
  descent.has_bias_gradient = false;
  descent.step(3);

  EXPECT_FALSE(descent.weight().equal(before[0]));
  EXPECT_TRUE(descent.bias().equal(before[1]));
}

TEST_P(OptimizerSuite, AParameterMayGetItsFirstGradientLater) {
  Descent descent(GetParam());
  descent.has_bias_gradient = false;
  descent.step(0);
  const at::Tensor before = descent.bias().detach().clone();
  descent.has_bias_gradient = true;
  descent.run(1, 2);

  EXPECT_FALSE(descent.bias().equal(before));
  EXPECT_TRUE(descent.bias().isfinite().all().item<bool>());
}

TEST_P(OptimizerSuite, NonFiniteGradientsSkipTheStepWhenTheyAreReported) {
  Descent skipped(GetParam()), straight(GetParam());
  skipped.run(0, 2);
  straight.run(0, 2);
  skipped.gradient_scale = std::numeric_limits<double>::infinity();
  skipped.step(2, {.grad_scale = at::ones({}), .found_inf = at::ones({})});
  skipped.gradient_scale = 1;
  EXPECT_TRUE(are_equal(skipped.weights(), straight.weights()));

  skipped.run(2, 4);
  straight.run(2, 4);
  EXPECT_TRUE(are_equal(skipped.weights(), straight.weights()));
}

TEST_P(OptimizerSuite, ScaledGradientsAreUnscaled) {
  Descent scaled(GetParam()), plain(GetParam());
  scaled.gradient_scale = 8;
  scaled.step(0, {.grad_scale = at::full({}, 8.0, at::kFloat), .found_inf = at::full({}, 0.0, at::kFloat)});
  plain.step(0);

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

TEST_P(OptimizerSuite, KeepsAsManyNumbersForAWeightAsItDeclares) {
  const auto groups = std::any_cast<OptimizerFacet>(GetParam().info->facet)
                          .groups(bind_filled<Optimizer>(GetParam()).params());
  if (!groups.back().state_per_weight) GTEST_SKIP() << "it declares nothing";
  Descent descent(GetParam());
  if (descent.optimizer().needs_closure()) GTEST_SKIP() << "it keeps a history, which grows";
  descent.run(0, 2);

  std::int64_t of_weight = 0, of_bias = 0;
  for (const StateEntry& entry : saved(descent.optimizer())) {
    const std::int64_t count = element_count(entry.view.shape);
    if (entry.name.starts_with("state/layers.0.weight/")) of_weight += count;
    if (entry.name.starts_with("state/layers.0.bias/")) of_bias += count;
  }
  EXPECT_EQ(std::max(of_weight / (4 * 3), of_bias / 4), *groups.back().state_per_weight);
}

TEST_P(OptimizerSuite, DeclaresWhetherItNeedsTheClosure) {
  Descent descent(GetParam());
  EXPECT_EQ(std::any_cast<OptimizerFacet>(GetParam().info->facet).needs_closure,
            descent.optimizer().needs_closure());
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

TEST_P(GroupsSuite, TheRatesOfGroupsAreReportedInTheirOrder) {
  Descent descent(GetParam(),
                  R"({"lr": 0.25, "groups": [{"match": "*bias", "lr": 0.5}, {"match": "*", "lr": 1}]})");
  EXPECT_THAT(descent.optimizer().group_rates(), ::testing::ElementsAre(0.5, 1.0));
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
