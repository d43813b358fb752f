// What single losses do beyond the suite of all losses (tests/contracts/loss_suite.h) and parity
// (tests/parity).
#include <cmath>
#include <memory>
#include <string>

#include <ATen/core/Reduction.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/remainder.h>
#include <ATen/ops/sin.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plugins/losses/cross_entropy.h"
#include "plugins/losses/likelihoods.h"
#include "registry/contracts/tensor/loss.h"
#include "tests/contracts/tensor_component.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

std::unique_ptr<Loss> build(const std::string& name, const std::string& options = "{}",
                            Task::Kind task = Task::Kind::classification) {
  const Component component = tensor_component("loss", name);
  return component.parts->build(bind_filled<Loss>(component, options), Loss::Needs{{task, 3, {}}});
}

std::unique_ptr<Loss> of_values(const std::string& name, const std::string& options = "{}") {
  return build(name, options, Task::Kind::regression);
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

TEST(CrossEntropy, IsThatOfLibTorchBitForBit) {
  const at::Tensor numbers = at::sin(at::arange(70, at::kFloat).mul(0.7)).mul(4).reshape({10, 7});
  const at::Tensor target = at::remainder(at::arange(10, at::kLong), 7);
  const at::Tensor ours = numbers.clone().requires_grad_(), theirs = numbers.clone().requires_grad_();
  const LossValue value = (*build("cross_entropy"))(Outputs(ours.mul(1)), with_target(target));
  const at::Tensor sum = at::cross_entropy_loss(theirs, target, {}, at::Reduction::Sum);
  EXPECT_TRUE(value.sum.equal(sum));

  const at::Tensor seed = at::full({}, 0.1, at::kFloat);
  value.sum.backward(seed);
  sum.backward(seed);
  EXPECT_TRUE(ours.grad().equal(theirs.grad()));
}

TEST(CrossEntropy, RefusesATargetThatIsNoClass) {
  for (const char* options : {"{}", R"({"label_smoothing": 0.1})", R"({"class_weights": [1, 2, 3]})"}) {
    const auto loss = build("cross_entropy", options);
    for (const std::int64_t wrong : {-100, -1, 3}) {
      const at::Tensor scores = at::zeros({2, 3}).requires_grad_();
      EXPECT_THROW((*loss)(Outputs(scores), with_target(at::full({2}, wrong, at::kLong))), c10::Error)
          << wrong << ' ' << options;
    }
  }
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

TEST(CrossEntropy, LeavesOutPlacesOfTheIgnoredClass) {
  const at::Tensor scores = at::tensor({1.0F, 2.0F, 0.0F, 3.0F, 1.0F, 1.0F}).reshape({2, 3});
  const auto loss = build("cross_entropy", R"({"ignore_index": 2})");

  const LossValue value = (*loss)(Outputs(scores), with_target(at::tensor({2, 0}, at::kLong)));
  const LossValue alone =
      (*build("cross_entropy"))(Outputs(scores.narrow(0, 1, 1)), with_target(at::zeros({1}, at::kLong)));

  EXPECT_EQ(value.weight.item<float>(), 1);
  EXPECT_EQ(value.mean().item<float>(), alone.mean().item<float>());
}

TEST(CrossEntropy, TheIgnoredClassMayBeNone) {
  const auto loss = build("cross_entropy", R"({"ignore_index": -100, "class_weights": [1, 2, 3]})");
  const LossValue value =
      (*loss)(Outputs(at::zeros({3, 3})), with_target(at::tensor({-100, 1, 2}, at::kLong)));
  EXPECT_EQ(value.weight.item<float>(), 5);
}

TEST(CrossEntropy, WhereNothingCountsNothingIsLearnt) {
  const auto loss = build("cross_entropy", R"({"class_weights": [0, 1, 1]})");
  const at::Tensor scores = at::tensor({1.0F, 2.0F, 3.0F}).reshape({1, 3}).requires_grad_(true);

  const at::Tensor mean = (*loss)(Outputs(scores), with_target(at::zeros({1}, at::kLong))).mean();
  mean.backward();

  EXPECT_EQ(mean.item<float>(), 0);
  EXPECT_EQ(scores.grad().abs().sum().item<float>(), 0);
}

TEST(CrossEntropy, BalancedWeightsMakeEveryClassWeighTheSame) {
  const Component component = tensor_component("loss", "cross_entropy");
  const Loss::Needs needs{{Task::Kind::classification, 3, {}, {30, 10, 0}}};
  const auto loss = component.parts->build(
      bind_filled<Loss>(component, std::string(R"({"class_weights": "balanced"})")), needs);
  const auto weight_of = [&](int label) {
    const at::Tensor target = at::tensor({label}, at::kLong);
    return (*loss)(Outputs(at::zeros({1, 3})), with_target(target)).weight.item<float>();
  };

  EXPECT_FLOAT_EQ(weight_of(0), 40.0F / 90);  // rows / (classes * rows of the class)
  EXPECT_FLOAT_EQ(weight_of(1), 40.0F / 30);
  EXPECT_EQ(weight_of(2), 0);
}

std::vector<Misfit> misfits_of_weights(Json weights, const Task& task) {
  losses::CrossEntropyParams params;
  params.class_weights = std::move(weights);
  return params.misfits(task);
}

TEST(CrossEntropy, WantsAWeightForEveryClass) {
  const Task task{Task::Kind::classification, 3, {}};
  EXPECT_TRUE(misfits_of_weights(Json::list(), task).empty());
  EXPECT_TRUE(misfits_of_weights("balanced", task).empty());
  EXPECT_TRUE(misfits_of_weights(Json::List{1, 2, 3}, task).empty());

  const std::vector<Misfit> misfits = misfits_of_weights(Json::List{1, 2}, task);
  ASSERT_THAT(misfits, SizeIs(1));
  EXPECT_EQ(misfits[0].key, "class_weights");
  EXPECT_EQ(misfits[0].message, "has 2 weights, but the task is classification with 3 classes");
}

TEST(CrossEntropy, CannotBalanceATextsSymbols) {
  const std::vector<Misfit> misfits = misfits_of_weights("balanced", {Task::Kind::language_model, 65, {}});
  ASSERT_THAT(misfits, SizeIs(1));
  EXPECT_EQ(misfits[0].message, "is balanced, but the task is language model over 65 symbols");
}

std::string problem_of(const std::string& name, const std::string& options) {
  try {
    bind_filled<Loss>(tensor_component("loss", name), options);
  } catch (const Error& error) {
    return error.problems().at(0).message;
  }
  return "none";
}

TEST(CrossEntropy, WeightsAreNumbersOrBalanced) {
  const std::string words = "must be `balanced` or a list of numbers of at least 0";
  EXPECT_THAT(problem_of("cross_entropy", R"({"class_weights": "even"})"), HasSubstr(words));
  EXPECT_THAT(problem_of("cross_entropy", R"({"class_weights": [1, -2]})"), HasSubstr(words));
  EXPECT_THAT(problem_of("focal", R"({"class_weights": 3})"), HasSubstr(words));
}

TEST(Focal, OfCertainRightAnswersHasNoSlope) {
  const at::Tensor scores = at::tensor({200.0F, 0.0F, 0.0F}).reshape({1, 3}).requires_grad_(true);
  (*build("focal", R"({"gamma": 0.5})"))(Outputs(scores), with_target(at::zeros({1}, at::kLong)))
      .mean()
      .backward();
  EXPECT_EQ(scores.grad().abs().sum().item<float>(), 0);
}

TEST(Mse, IsOverAllValues) {
  const LossValue value = (*build("mse"))(Outputs(at::tensor({1.0F, 2.0F, 3.0F, 6.0F}).reshape({2, 2})),
                                          with_target(at::zeros({2, 2})));
  EXPECT_EQ(value.mean().item<float>(), 12.5F);
  EXPECT_EQ(value.count, 4);
}

TEST(Losses, OfValuesNeverBroadcast) {
  for (const char* name : {"binary_cross_entropy", "huber", "kl_div", "mae", "mse", "poisson_nll"}) {
    const auto loss = of_values(name);
    EXPECT_THROW((*loss)(Outputs(at::zeros({4, 1})), with_target(at::zeros({4}))), Error) << name;
  }
  EXPECT_THROW((*of_values("gaussian_nll"))(Outputs(at::zeros({4, 2})), with_target(at::zeros({4}))), Error);
}

TEST(Losses, OfAModelInSixteenBitsAreComputedInF32) {
  const Component any = tensor_component("loss", "mse");
  for (const ComponentInfo* info : any.registry->list("loss")) {
    const auto& facet = std::any_cast<const TaskFacet&>(info->facet);
    const bool has_classes = facet.serves(Task::Kind::classification);
    const auto loss = has_classes ? build(info->name) : of_values(info->name);
    const at::Tensor scores = spread({4, 3 * facet.outputs_per_target});
    const Batch batch = with_target(has_classes ? at::zeros({4}, at::kLong) : at::ones({4, 3}).div(3));

    const at::Tensor half = (*loss)(Outputs(scores.to(at::kBFloat16)), batch).sum;
    const at::Tensor same = (*loss)(Outputs(scores.to(at::kBFloat16).to(at::kFloat)), batch).sum;

    EXPECT_EQ(half.scalar_type(), at::kFloat) << info->name;
    EXPECT_TRUE(half.equal(same)) << info->name;
  }
}

TEST(Huber, FormsDifferByDelta) {
  const Outputs outputs(at::tensor({0.5F, 10.0F}).reshape({2, 1}));
  const Batch batch = with_target(at::zeros({2, 1}));

  const auto huber = of_values("huber", R"({"delta": 4})");
  const auto smooth = of_values("huber", R"({"delta": 4, "form": "smooth_l1"})");

  EXPECT_FLOAT_EQ((*huber)(outputs, batch).sum.item<float>(), 0.125F + 4 * (10 - 2));
  EXPECT_FLOAT_EQ((*smooth)(outputs, batch).sum.item<float>(), (0.125F + 4 * (10 - 2)) / 4);
}

TEST(BinaryCrossEntropy, OfClassesAsksForEachAgainstTheRest) {
  const at::Tensor scores = at::tensor({1.0F, -2.0F, 0.5F}).reshape({1, 3});
  const auto of_class = build("binary_cross_entropy");

  const LossValue value = (*of_class)(Outputs(scores), with_target(at::tensor({2}, at::kLong)));
  const LossValue same = (*of_values("binary_cross_entropy"))(
      Outputs(scores), with_target(at::tensor({0.0F, 0.0F, 1.0F}).reshape({1, 3})));

  EXPECT_EQ(value.sum.item<float>(), same.sum.item<float>());
  EXPECT_EQ(value.count, 3);
}

TEST(BinaryCrossEntropy, PredictsProbabilitiesOfAnswersAndScoresOfClasses) {
  const at::Tensor scores = at::zeros({2, 3});
  EXPECT_TRUE(of_values("binary_cross_entropy")->predictions(scores).equal(scores.add(0.5)));
  EXPECT_TRUE(build("binary_cross_entropy")->predictions(scores).equal(scores));
}

TEST(BinaryCrossEntropy, WantsAWeightForEveryScoreOrOneForAll) {
  losses::BinaryCrossEntropyParams params;
  params.pos_weight = {1, 2};
  const std::vector<Misfit> misfits = params.misfits({Task::Kind::regression, 3, {}});
  ASSERT_THAT(misfits, SizeIs(1));
  EXPECT_EQ(misfits[0].message, "has 2 weights, but the task is regression of 3 values");
  EXPECT_EQ(misfits[0].hint, "give 3 weights, or 1 for all");

  params.pos_weight = {3};
  EXPECT_TRUE(params.misfits({Task::Kind::regression, 3, {}}).empty());
}

TEST(GaussianNll, TakesMeansThenLogVariances) {
  const at::Tensor scores = at::tensor({1.0F, 5.0F, std::log(4.0F), 0.0F}).reshape({1, 4});
  const Batch batch = with_target(at::tensor({3.0F, 5.0F}).reshape({1, 2}));
  const auto loss = of_values("gaussian_nll");

  EXPECT_TRUE(loss->predictions(scores).equal(at::tensor({1.0F, 5.0F}).reshape({1, 2})));
  EXPECT_FLOAT_EQ((*loss)(Outputs(scores), batch).sum.item<float>(), (std::log(4.0F) + 1) / 2);
}

TEST(GaussianNll, AVarianceBelowTheLimitCanStillGrow) {
  const at::Tensor scores = at::tensor({0.0F, -40.0F}).reshape({1, 2}).requires_grad_(true);
  const auto loss = of_values("gaussian_nll", R"({"variance": "softplus", "eps": 0.1})");
  (*loss)(Outputs(scores), with_target(at::ones({1, 1}).mul(3))).mean().backward();

  EXPECT_TRUE(scores.grad().isfinite().all().item<bool>());
  EXPECT_LT(scores.grad()[0][1].item<float>(), 0);  // downhill is up
}

TEST(PoissonNll, PredictsRates) {
  const at::Tensor scores = at::tensor({0.0F, 1.0F}).reshape({1, 2});
  EXPECT_TRUE(of_values("poisson_nll")->predictions(scores).equal(scores.exp()));
  EXPECT_TRUE(of_values("poisson_nll", R"({"log_input": false})")->predictions(scores).equal(scores));
}

TEST(PoissonNll, TakesRatesAsTheyAre) {
  const LossValue value = (*of_values("poisson_nll", R"({"log_input": false})"))(
      Outputs(at::ones({1, 1}).mul(2)), with_target(at::ones({1, 1}).mul(3)));
  EXPECT_FLOAT_EQ(value.sum.item<float>(), 2 - 3 * std::log(2.0F));
}

TEST(KlDiv, OfTheTargetItselfIsZero) {
  const at::Tensor shares = at::tensor({0.2F, 0.3F, 0.5F}).reshape({1, 3});
  const LossValue value = (*of_values("kl_div"))(Outputs(shares.log()), with_target(shares));
  EXPECT_NEAR(value.sum.item<double>(), 0, 1e-7);
  EXPECT_EQ(value.count, 1);
}

TEST(KlDiv, WantsSeveralValues) {
  const std::vector<Misfit> misfits = losses::KlDivParams{}.misfits({Task::Kind::regression, 1, {}});
  ASSERT_THAT(misfits, SizeIs(1));
  EXPECT_EQ(misfits[0].message,
            "is kl_div, which compares distributions, but the task is regression of 1 value");
}

TEST(Hinge, IsZeroForALeadOfTheMargin) {
  const at::Tensor scores = at::tensor({3.0F, 1.0F, 0.0F, 0.0F, 2.0F, 1.5F}).reshape({2, 3});
  const LossValue value = (*build("hinge"))(Outputs(scores), with_target(at::tensor({0, 1}, at::kLong)));
  EXPECT_EQ(value.sum.item<float>(), 0.5F);
}

}  // namespace
}  // namespace assay::testing
