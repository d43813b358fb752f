// What single optimizers do beyond the suite of all optimizers (tests/contracts/optimizer_suite.h) and
// parity.
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include <ATen/ops/full.h>
#include <ATen/ops/tensor.h>
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
using ::testing::UnorderedElementsAre;

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

TEST(Sgd, TheFormOfSklearnKeepsTheRateOfEachGradient) {
  OneWeight torch("sgd", R"({"lr": 0.5, "momentum": 0.5})");
  OneWeight sklearn("sgd", R"({"lr": 0.5, "momentum": 0.5, "form": "sklearn"})");
  torch.step(1);
  sklearn.step(1);
  EXPECT_EQ(torch.step(0, 0.5), 0.375);   // 0.5 - 0.25 * (0.5 * 1)
  EXPECT_EQ(sklearn.step(0, 0.5), 0.25);  // 0.5 + 0.5 * (-0.5)
}

TEST(Sgd, TheFormOfSklearnHasNoDampening) {
  const auto problems =
      problems_of([] { OneWeight("sgd", R"({"momentum": 0.5, "dampening": 0.5, "form": "sklearn"})"); });
  EXPECT_THAT(problems, SizeIs(1));
}

TEST(Adagrad, TheSumStartsFromItsInitialValue) {
  OneWeight adagrad("adagrad", R"({"lr": 1, "initial_accumulator_value": 3})");
  EXPECT_NEAR(adagrad.step(1), 1 - 1 / std::sqrt(4.0), 1e-6);
}

TEST(Lion, EveryStepIsOfOneSize) {
  OneWeight lion("lion", R"({"lr": 0.25})");
  EXPECT_EQ(lion.step(1e-3), 0.75);
  EXPECT_EQ(lion.step(1e3), 0.5);
}

TEST(Muon, TrainsMatricesByItselfAndTheRestByAdamW) {
  const Component component = tensor_component("optimizer", "muon");
  at::Tensor matrix = at::full({2, 3}, 1.0, at::kFloat).requires_grad_(true);
  at::Tensor head = at::full({2, 3}, 1.0, at::kFloat).requires_grad_(true);
  at::Tensor bias = at::full({2}, 1.0, at::kFloat).requires_grad_(true);
  const auto muon = component.parts->build(
      bind_filled<Optimizer>(component, std::string(R"({"groups": [{"match": "head", "rule": "adamw"}]})")),
      Optimizer::Needs{{{"matrix", matrix}, {"head", head}, {"bias", bias}}});
  for (at::Tensor* tensor : {&matrix, &head, &bias})
    tensor->mutable_grad() = at::full(tensor->sizes(), 1.0, at::kFloat);
  muon->step({});

  EXPECT_THAT(saved_names(*muon),
              UnorderedElementsAre("step", "state/matrix/momentum_buffer", "state/head/exp_avg",
                                   "state/head/exp_avg_sq", "state/bias/exp_avg", "state/bias/exp_avg_sq"));
}

/// Rosenbrock's valley, whose minimum of 0 is at (1, 1), from (-1, 1).
struct Valley {
  explicit Valley(const std::string& options) {
    const Component component = tensor_component("optimizer", "lbfgs");
    optimizer =
        component.parts->build(bind_filled<Optimizer>(component, options), Optimizer::Needs{{{"w", weight}}});
  }
  double look() {
    ++looked;
    const double x = weight[0].item<double>(), y = weight[1].item<double>();
    weight.mutable_grad() =
        at::tensor({-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)}, at::kDouble).to(at::kFloat);
    return (1 - x) * (1 - x) + 100 * (y - x * x) * (y - x * x);
  }
  double loss_after(int steps) {
    for (int i = 0; i < steps; ++i) optimizer->step({.closure = [this] { return look(); }});
    return look();
  }

  at::Tensor weight = at::tensor({-1.0, 1.0}, at::kFloat).requires_grad_(true);
  std::unique_ptr<Optimizer> optimizer;
  int looked = 0;
};

TEST(Lbfgs, FindsTheEndOfAValleyByALineSearch) {
  EXPECT_LT(Valley(R"({"line_search": "strong_wolfe"})").loss_after(10), 1e-8);
}

TEST(Lbfgs, LooksNoMoreOftenThanItMay) {
  Valley valley(R"({"max_iter": 7, "max_eval": 5, "lr": 0.001})");
  valley.loss_after(1);
  EXPECT_LE(valley.looked, 5 + 1);  // and the look at the end
}

}  // namespace
}  // namespace assay::testing
