// What single metrics do beyond the suite of all metrics (tests/contracts/metric_suite.h).
#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>
#include <string>
#include <vector>

#include <ATen/ops/arange.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plugins/metrics/accuracy.h"
#include "plugins/metrics/counts.h"
#include "registry/contracts/tensor/metric.h"
#include "tests/contracts/tensor_component.h"

namespace assay::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::unique_ptr<Metric> build(const std::string& name, const Metric::Needs& needs,
                              const std::string& options = "{}") {
  const Component component = tensor_component("metric", name);
  return component.parts->build(bind_filled<Metric>(component, options), needs);
}

std::unique_ptr<Metric> of_classes(const std::string& name, std::int64_t classes,
                                   const std::string& options = "{}") {
  return build(name, {.task = {Task::Kind::classification, classes, {}}}, options);
}

void show(Metric& metric, const at::Tensor& scores, const at::Tensor& target) {
  Batch batch;
  batch.target = target;
  metric.update(Outputs(scores), batch);
}

double value_of(const std::string& name, const Metric::Needs& needs, const at::Tensor& scores,
                const at::Tensor& target) {
  const auto metric = build(name, needs);
  show(*metric, scores, target);
  return metric->values().at(0).value;
}

/// Scores of which that of each named class is the highest.
at::Tensor scores_for(const std::vector<std::int64_t>& classes, std::int64_t n_classes) {
  return at::tensor(classes, at::kLong).unsqueeze(1).eq(at::arange(n_classes, at::kLong)).to(at::kFloat);
}

at::Tensor classes(const std::vector<std::int64_t>& numbers) { return at::tensor(numbers, at::kLong); }

std::vector<std::string> names_of(const std::vector<Scalar>& values) {
  std::vector<std::string> names;
  for (const Scalar& scalar : values) names.push_back(scalar.name);
  return names;
}

TEST(Accuracy, IsTheShareOfRightAnswers) {
  const at::Tensor scores = at::tensor({3.0F, 1.0F, 0.0F, 2.0F, 5.0F, 4.0F, 1.0F, 2.0F}).reshape({4, 2});
  EXPECT_EQ(value_of("accuracy", {}, scores, at::tensor({0, 1, 1, 1}, at::kLong)), 0.75);
}

TEST(Accuracy, OfEqualScoresTheFirstWins) {
  const at::Tensor scores = at::tensor({1.0F, 1.0F}).reshape({1, 2});
  EXPECT_EQ(value_of("accuracy", {}, scores, at::tensor({0}, at::kLong)), 1);
}

TEST(Accuracy, TakesNanForTheLargestWhereverItLies) {
  const float nan = std::nanf("");
  const at::Tensor scores = at::tensor({nan, 1.0F, nan, 2.0F, nan, 5.0F}).reshape({2, 3});
  EXPECT_EQ(value_of("accuracy", {}, scores, at::tensor({0, 1}, at::kLong)), 1);
  EXPECT_EQ(value_of("accuracy", {}, scores.to(at::kDouble), at::tensor({0, 1}, at::kLong)), 1);
}

TEST(Accuracy, OfSequencesCountsEveryPlace) {
  const at::Tensor scores = at::tensor({3.0F, 1.0F, 0.0F, 2.0F, 5.0F, 4.0F, 1.0F, 2.0F}).reshape({2, 2, 2});
  EXPECT_EQ(value_of("accuracy", {}, scores, at::tensor({0, 1, 1, 1}, at::kLong).reshape({2, 2})), 0.75);
}

TEST(Accuracy, LeavesOutPlacesOfTheIgnoredClass) {
  const auto metric = of_classes("accuracy", 2, R"({"ignore_index": -1})");
  show(*metric, scores_for({0, 1, 1}, 2), classes({0, -1, 0}));
  EXPECT_EQ(metric->values().at(0).value, 0.5);
}

TEST(Accuracy, GivesNothingWhereEverythingIsIgnored) {
  const auto metric = of_classes("accuracy", 2, R"({"ignore_index": 1})");
  show(*metric, scores_for({0, 1}, 2), classes({1, 1}));
  EXPECT_THAT(metric->values(), IsEmpty());
}

TEST(TopK, IsNamedAfterItsK) {
  const auto metric = of_classes("top_k", 4, R"({"k": 3})");
  show(*metric, scores_for({0}, 4), classes({0}));
  EXPECT_EQ(metric->values().at(0).name, "top_k_3");
}

TEST(TopK, OfEqualScoresTheFirstWins) {
  const auto metric = of_classes("top_k", 3);
  show(*metric, at::zeros({3, 3}), classes({0, 1, 2}));
  EXPECT_DOUBLE_EQ(metric->values().at(0).value, 2.0 / 3);
}

TEST(TopK, AScoreThatIsNoNumberIsNotFound) {
  const auto metric = of_classes("top_k", 3);
  show(*metric, at::zeros({1, 3}).fill_(std::nan("")), classes({0}));
  EXPECT_EQ(metric->values().at(0).value, 0);
}

TEST(TopK, LooksAtFewerThanAllClasses) {
  metrics::TopKParams params;
  params.k = 3;
  EXPECT_TRUE(params.misfits({Task::Kind::classification, 4, {}}).empty());
  const std::vector<Misfit> misfits = params.misfits({Task::Kind::classification, 3, {}});
  ASSERT_THAT(misfits, SizeIs(1));
  EXPECT_EQ(misfits[0].message,
            "is 3, but the task is classification with 3 classes: nothing could be missed");
}

TEST(Counts, AClassThatDoesNotOccurDoesNotCount) {
  const auto metric = of_classes("f1", 4);
  show(*metric, scores_for({0, 1, 1}, 4), classes({0, 1, 1}));
  EXPECT_EQ(metric->values().at(0).value, 1);
}

TEST(Counts, AClassThatIsOnlyPredictedCounts) {
  const auto metric = of_classes("recall", 3);
  show(*metric, scores_for({0, 2}, 3), classes({0, 0}));
  EXPECT_EQ(metric->values().at(0).value, 0.25);  // 0.5 of class 0, 0 of class 2
}

TEST(Counts, NumbersOfClassesAreNamedAfterThem) {
  const Task task{Task::Kind::classification, 3, {"setosa", "T-shirt/top", "a b"}};
  const auto metric = build("precision", {.task = task}, R"({"average": "none"})");
  show(*metric, scores_for({0, 1, 1}, 3), classes({0, 1, 0}));

  const std::vector<Scalar> values = metric->values();
  EXPECT_THAT(names_of(values), ElementsAre("precision_setosa", "precision_T-shirt_top", "precision_a_b"));
  EXPECT_EQ(values[0].value, 1);
  EXPECT_EQ(values[1].value, 0.5);
  EXPECT_EQ(values[2].value, 0);  // never predicted
}

TEST(Counts, OfAnswersGoByWhatTheLossReadsInTheScores) {
  const Metric::Needs needs{.task = {Task::Kind::regression, 2, {}},
                            .predictions = [](const at::Tensor& scores) { return scores.sigmoid(); }};
  const at::Tensor scores = at::tensor({0.1F, -0.1F, 3.0F, -3.0F}).reshape({2, 2}),
                   answers = at::tensor({1.0F, 1.0F, 0.0F, 0.0F}).reshape({2, 2});
  const auto metric = build("recall", needs, R"({"average": "none"})");
  show(*metric, scores, answers);

  const std::vector<Scalar> values = metric->values();
  EXPECT_THAT(names_of(values), ElementsAre("recall_0", "recall_1"));
  EXPECT_EQ(values[0].value, 1);
  EXPECT_EQ(values[1].value, 0);
}

TEST(ConfusionMatrix, HasTrueClassesInRows) {
  const auto metric = of_classes("confusion_matrix", 2);
  show(*metric, scores_for({0, 1, 1}, 2), classes({0, 0, 1}));
  show(*metric, scores_for({1}, 2), classes({0}));

  EXPECT_THAT(metric->values(), IsEmpty());
  const std::vector<NamedArray> arrays = metric->arrays();
  ASSERT_THAT(arrays, SizeIs(1));
  EXPECT_EQ(arrays[0].name, "confusion_matrix");
  EXPECT_THAT(arrays[0].values.shape(), ElementsAre(2, 2));
  const auto* counts = arrays[0].values.as<std::int64_t>();
  EXPECT_THAT(std::vector<std::int64_t>(counts, counts + 4), ElementsAre(1, 2, 0, 1));
}

TEST(ConfusionMatrix, IsNotForAVocabulary) {
  const metrics::ConfusionMatrixParams params;
  EXPECT_THAT(params.misfits({Task::Kind::language_model, 65, {}}), IsEmpty());
  EXPECT_THAT(params.misfits({Task::Kind::language_model, 50257, {}}), SizeIs(1));
}

TEST(Auroc, TiesCountHalf) {
  const auto metric = of_classes("auroc", 2);
  show(*metric, at::zeros({4, 2}), classes({0, 1, 0, 1}));
  EXPECT_EQ(metric->values().at(0).value, 0.5);
}

TEST(Auroc, OfTwoClassesIsAboutClassOne) {
  const auto metric = of_classes("auroc", 2);
  show(*metric, at::tensor({0.0F, 3.0F, 0.0F, 2.0F, 0.0F, 1.0F}).reshape({3, 2}), classes({1, 0, 0}));
  EXPECT_THAT(names_of(metric->values()), ElementsAre("auroc"));
  EXPECT_EQ(metric->values().at(0).value, 1);
}

TEST(Auroc, TellsApartProbabilitiesThatAllRoundToOne) {
  const auto metric = of_classes("auroc", 2);
  show(*metric, at::tensor({0.0F, 100.0F, 0.0F, 200.0F}).reshape({2, 2}), classes({0, 1}));
  EXPECT_EQ(metric->values().at(0).value, 1);
}

TEST(Auroc, OfOneClassAloneIsNotDefined) {
  for (const char* name : {"auroc", "average_precision"}) {
    const auto two = of_classes(name, 2), three = of_classes(name, 3);
    show(*two, scores_for({0, 1}, 2), classes({1, 1}));
    show(*three, scores_for({0, 1}, 3), classes({1, 1}));
    EXPECT_TRUE(std::isnan(two->values().at(0).value)) << name;
    EXPECT_TRUE(std::isnan(three->values().at(0).value)) << name;
  }
}

TEST(Auroc, OfScoresThatAreNoNumbersIsNone) {
  const auto metric = of_classes("auroc", 2);
  show(*metric, at::zeros({2, 2}).fill_(std::nan("")), classes({0, 1}));
  EXPECT_TRUE(std::isnan(metric->values().at(0).value));
}

TEST(AveragePrecision, IsTheMeanPrecisionAtEachTrueSample) {
  const auto metric = of_classes("average_precision", 2);
  const at::Tensor scores = at::tensor({0.0F, 4.0F, 0.0F, 3.0F, 0.0F, 2.0F, 0.0F, 1.0F}).reshape({4, 2});
  show(*metric, scores, classes({1, 0, 1, 0}));
  EXPECT_DOUBLE_EQ(metric->values().at(0).value, (1.0 + 2.0 / 3) / 2);
}

TEST(CalibrationError, IsHowFarSurenessAndAccuracyAreApart) {
  const auto metric = of_classes("calibration_error", 2);
  const auto sure = static_cast<float>(std::log(4.0));  // of 0.8
  show(*metric, at::tensor({0.0F, sure, 0.0F, sure}).reshape({2, 2}), classes({1, 0}));
  EXPECT_NEAR(metric->values().at(0).value, 0.3, 1e-7);
}

TEST(CalibrationError, TheLastBinHoldsCertainty) {
  const auto metric = of_classes("calibration_error", 2);
  show(*metric, at::tensor({0.0F, 900.0F}).reshape({1, 2}), classes({0}));
  EXPECT_EQ(metric->values().at(0).value, 1);
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

TEST(Errors, AreOfWhatTheLossReadsInTheScores) {
  const Metric::Needs needs{
      .task = {Task::Kind::regression, 1, {}},
      .predictions = [](const at::Tensor& scores) { return scores.narrow(-1, 0, scores.size(-1) / 2); }};
  const at::Tensor scores = at::tensor({1.0F, 50.0F, 2.0F, 60.0F}).reshape({2, 2}),
                   target = at::tensor({4.0F, 5.0F}).reshape({2, 1});

  for (const char* name : {"mae", "rmse"}) EXPECT_EQ(value_of(name, needs, scores, target), 3) << name;
}

TEST(R2, OfTheMeanIsZero) {
  const Metric::Needs needs{.task = {Task::Kind::regression, 1, {}}};
  const at::Tensor target = at::tensor({4.0F, 6.0F, 8.0F}).reshape({3, 1});
  EXPECT_NEAR(value_of("r2", needs, at::ones({3, 1}).mul(6), target), 0, 1e-12);
}

TEST(R2, OfTargetsThatAreAllTheSameIsOneOrZero) {
  const Metric::Needs needs{.task = {Task::Kind::regression, 1, {}}};
  EXPECT_EQ(value_of("r2", needs, at::ones({3, 1}), at::ones({3, 1})), 1);
  EXPECT_EQ(value_of("r2", needs, at::zeros({3, 1}), at::ones({3, 1})), 0);
}

TEST(R2, OfASingleRowIsNotDefined) {
  const Metric::Needs needs{.task = {Task::Kind::regression, 1, {}}};
  EXPECT_TRUE(std::isnan(value_of("r2", needs, at::zeros({1, 1}), at::ones({1, 1}))));
}

TEST(R2, LosesNothingWhereTargetsAreFarFromZero) {
  const auto near = build("r2", {.task = {Task::Kind::regression, 1, {}}});
  const auto far = build("r2", {.task = {Task::Kind::regression, 1, {}}});
  for (int batch = 0; batch < 4; ++batch) {
    const at::Tensor target = spread({5, 1}, at::kDouble).mul(batch + 1), scores = target.mul(0.9);
    show(*near, scores, target);
    show(*far, scores.add(1e8), target.add(1e8));
  }
  EXPECT_NEAR(far->values().at(0).value, near->values().at(0).value, 1e-7);
}

Outputs with_passes(const at::Tensor& passes) {
  Outputs outputs(at::zeros({passes.size(1), passes.size(2)}));
  outputs.tensors.set("passes", passes);
  return outputs;
}

TEST(MonteCarlo, IsInTheUnitsOfTheData) {
  const Metric::Needs needs{.task = {Task::Kind::regression, 1, {}},
                            .invert_targets = [](const at::Tensor& values) { return values.mul(10); }};
  const auto rmse = build("mc_rmse", needs);
  const auto likelihood = build("mc_log_likelihood", needs, R"({"tau": 0.5})");
  Batch batch;
  batch.target = at::ones({1, 1});
  const Outputs outputs = with_passes(at::tensor({0.0F, 1.0F, 4.0F}).reshape({3, 1, 1}));
  rmse->update(outputs, batch);
  likelihood->update(outputs, batch);

  EXPECT_NEAR(rmse->values().at(0).value, 50.0 / 3 - 10, 1e-5);  // of the mean of 0, 10 and 40
  const double densities = (std::exp(-25.0) + 1 + std::exp(-225.0)) / 3;
  EXPECT_NEAR(likelihood->values().at(0).value,
              std::log(densities) - 0.5 * std::log(2 * std::numbers::pi) + 0.5 * std::log(0.5), 1e-12);
}

TEST(MonteCarlo, GivesNothingWithoutPasses) {
  const auto metric = build("mc_rmse", {.task = {Task::Kind::regression, 1, {}}});
  show(*metric, at::zeros({2, 1}), at::ones({2, 1}));
  EXPECT_THAT(metric->values(), IsEmpty());
}

/// Rows 0, 1, 2, ... of two classes; sure of the first to the given degree each.
void show_rows(Metric& metric, const std::vector<float>& sureness, const std::vector<std::int64_t>& target) {
  Batch batch;
  batch.target = classes(target);
  for (std::size_t i = 0; i < target.size(); ++i) batch.ids.push_back(static_cast<std::int64_t>(i));
  const at::Tensor first = at::tensor(sureness);
  metric.update(Outputs(at::stack({first, first.neg()}, 1)), batch);
}

std::vector<double> column(const Array& values, std::int64_t index) {
  std::vector<double> out;
  for (std::int64_t i = 0; i < values.shape()[0]; ++i)
    out.push_back(element(values, i * values.shape()[1] + index));
  return out;
}

TEST(Samples, KeepsTheRowsThatCostMostWithWhatIsSaidOfThem) {
  const auto metric = of_classes("samples", 2, R"({"worst": 2, "drawn": 0})");
  show_rows(*metric, {3, -1, 0.5F, 2}, {0, 0, 0, 1});

  const std::vector<NamedArray> arrays = metric->arrays();
  ASSERT_THAT(arrays, SizeIs(1));
  EXPECT_EQ(arrays[0].name, "samples_worst");
  EXPECT_THAT(column(arrays[0].values, 0), ElementsAre(3, 1));
  EXPECT_THAT(column(arrays[0].values, 1), ElementsAre(1, 0));
  EXPECT_THAT(column(arrays[0].values, 2), ElementsAre(0, 1));
  EXPECT_NEAR(column(arrays[0].values, 3)[0], 1 / (1 + std::exp(-4.0)), 1e-12);
  EXPECT_NEAR(column(arrays[0].values, 4)[0], 1 / (1 + std::exp(4.0)), 1e-12);
}

TEST(Samples, HasNoMoreRowsThanThereAre) {
  const auto metric = of_classes("samples", 2, R"({"worst": 0, "drawn": 8})");
  show_rows(*metric, {1, 2, 3}, {0, 1, -100});  // a target below 0 does not count

  std::vector<double> rows = column(metric->arrays().at(0).values, 0);
  std::sort(rows.begin(), rows.end());
  EXPECT_THAT(rows, ElementsAre(0, 1));
}

TEST(Samples, PassesOverWhatIsTrainedOn) {
  const auto metric = of_classes("samples", 2);
  Batch batch;
  batch.target = classes({0});
  batch.ids = {0};
  metric->update(Outputs(at::zeros({1, 2}).requires_grad_()), batch);

  EXPECT_THAT(metric->arrays(), IsEmpty());
}

/// What is kept of the first row where the data set reads these rows.
std::vector<NamedArray> kept_of(const Array& rows) {
  const auto metric = build("samples",
                            {.task = {Task::Kind::classification, 2, {}},
                             .read_rows = [rows](const std::vector<std::int64_t>&) { return rows; }},
                            R"({"worst": 1, "drawn": 0})");
  show_rows(*metric, {3}, {0});
  return metric->arrays();
}

TEST(Samples, HasTheImagesAsTheDataSetReadsThem) {
  const std::vector<NamedArray> arrays =
      kept_of(Array::of(std::vector<float>{0, 4, 2, 8}).reshaped({1, 1, 2, 2}));

  ASSERT_THAT(arrays, SizeIs(2));
  EXPECT_EQ(arrays[1].name, "samples_worst_images");
  EXPECT_THAT(arrays[1].values.shape(), ElementsAre(1, 2, 2, 1));
  const auto* bytes = arrays[1].values.as<std::uint8_t>();
  EXPECT_THAT(std::vector<int>(bytes, bytes + 4), ElementsAre(0, 128, 64, 255));
}

TEST(Samples, LargeImagesAreMadeSmallerByAWholeFactor) {
  std::vector<std::uint8_t> pixels(3 * 100 * 130);
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<std::uint8_t>(i / (100 * 130) * 10);
  const std::vector<NamedArray> arrays = kept_of(Array::of(pixels).reshaped({1, 3, 100, 130}));

  ASSERT_THAT(arrays, SizeIs(2));
  EXPECT_THAT(arrays[1].values.shape(), ElementsAre(1, 34, 44, 3));  // a third
  const auto* bytes = arrays[1].values.as<std::uint8_t>();
  EXPECT_THAT(std::vector<int>(bytes, bytes + 3), ElementsAre(0, 10, 20));
}

TEST(Samples, RowsThatAreNoImagesHaveNone) {
  EXPECT_THAT(kept_of(Array::of(std::vector<float>(4)).reshaped({1, 4})), SizeIs(1));
  EXPECT_THAT(kept_of(Array::of(std::vector<float>(12)).reshaped({1, 2, 2, 3})), SizeIs(1));
}

}  // namespace
}  // namespace assay::testing
