#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <ATen/ops/tensor.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/contracts/tensor/observer.h"
#include "registry/contracts/tensor/optimizer.h"
#include "tests/contracts/tensor_component.h"
#include "tests/support/fake_recorder.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

struct Watch {
  explicit Watch(const std::string& options) {
    const Component component = tensor_component("observer", "early_stop");
    const auto is_better_high = [](std::string_view metric) { return metric == "valid/accuracy"; };
    observer = component.parts->build(bind_filled<Observer>(component, options),
                                      Observer::Needs{model, recorder, is_better_high});
  }
  /// The number of values after which it asks to stop; 0 if it never does.
  int stops_after(const std::string& metric, const std::vector<double>& values) {
    int seen = 0;
    for (const double value : values) {
      ++seen;
      const Request request = observer->on(Evaluated{seen, seen, "valid", {{metric, value}}});
      if (request.kind == Request::Kind::stop) return seen;
    }
    return 0;
  }

  struct Nothing : Module {
  } model;
  FakeRecorder recorder;
  std::unique_ptr<Observer> observer;
};

TEST(EarlyStop, StopsWhenPatienceIsAtItsEnd) {
  EXPECT_EQ(Watch(R"({"patience": 2})").stops_after("valid/loss", {3, 2, 2.5, 1, 1.5, 1.2, 0.5}), 6);
}

TEST(EarlyStop, WhatIsBetterIsWhatTheMetricDeclares) {
  Watch watch(R"({"patience": 2, "metric": "valid/accuracy"})");
  EXPECT_EQ(watch.stops_after("valid/accuracy", {0.1, 0.2, 0.3, 0.25, 0.2}), 5);
}

TEST(EarlyStop, TheModeMayBeSaid) {
  EXPECT_EQ(Watch(R"({"patience": 2, "mode": "max"})").stops_after("valid/loss", {1, 2, 3, 4}), 0);
}

TEST(EarlyStop, SmallImprovementsMayNotCount) {
  EXPECT_EQ(Watch(R"({"patience": 2, "min_delta": 0.1})").stops_after("valid/loss", {1, 0.95, 0.92}), 3);
}

TEST(EarlyStop, NotANumberNeverImproves) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(Watch(R"({"patience": 2})").stops_after("valid/loss", {nan, nan, 1}), 2);
}

TEST(EarlyStop, OtherSplitsAreNotItsConcern) {
  Watch watch(R"({"patience": 1})");
  const Request request = watch.observer->on(Evaluated{1, 1, "test", {{"test/loss", 1}}});
  EXPECT_EQ(request.kind, Request::Kind::none);
}

TEST(EarlyStop, AMetricThatNobodyGivesIsAProblem) {
  Watch watch(R"({"metric": "valid/acuracy"})");
  const auto problems = problems_of([&] {
    watch.observer->on(Evaluated{1, 1, "valid", {{"valid/loss", 1}, {"valid/accuracy", 1}}});
  });
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("valid/acuracy, which no metric gives"));
  EXPECT_THAT(problems[0].hint, HasSubstr("did you mean 'valid/accuracy'?"));
}

/// An early stop that is told of epochs of training.
int epochs_until_stop(const std::string& options, const std::string& metric,
                      const std::vector<double>& values) {
  Watch watch(options);
  int seen = 0;
  for (const double value : values) {
    ++seen;
    const std::vector<Scalar> row{{metric, value}};
    const Request request = watch.observer->on(StepDone{seen, seen, &row});
    if (request.kind == Request::Kind::stop) return seen;
  }
  return 0;
}

TEST(EarlyStop, WatchesRowsOfTraining) {
  EXPECT_EQ(
      epochs_until_stop(R"({"metric": "train/loss", "patience": 2})", "train/loss", {3, 2, 2.5, 2.2, 1}), 4);
}

TEST(EarlyStop, WithoutPenaltiesTheLossIsTheObjective) {
  EXPECT_EQ(epochs_until_stop(R"({"metric": "train/objective", "patience": 1})", "train/loss", {3, 2, 2.5}),
            3);
}

// scikit-learn's MLPClassifier with tol=0.1 and n_iter_no_change=2 stops after epoch 5: epochs 3 to 5 are
// each less than 0.1 better than the best before them.
TEST(EarlyStop, CountsAsScikitLearn) {
  const std::vector<double> losses = {1.0, 0.8, 0.75, 0.7, 0.65, 0.6};
  const std::string options =
      R"({"metric": "train/loss", "patience": 3, "min_delta": 0.1, "compare_with": ")";
  EXPECT_EQ(epochs_until_stop(options + R"(best"})", "train/loss", losses), 5);
  EXPECT_EQ(epochs_until_stop(options + R"(improved"})", "train/loss", losses), 0);
}

/// A model of two parameters, one with gradients, and an observer of it.
struct Watched {
  Watched(const std::string& name, const std::string& options, const Optimizer* optimizer = nullptr) {
    weights.weight.mutable_grad() = at::tensor({0.0, 5.0}, at::kFloat);
    observer = tensor_component("observer", name)
                   .parts->build(bind_filled<Observer>(tensor_component("observer", name), options),
                                 Observer::Needs{weights, recorder, {}, optimizer});
  }
  /// The numbers that it logs at a step whose row is logged.
  std::vector<std::pair<std::string, double>> logged() {
    const std::vector<Scalar> row{{"train/loss", 1}, {"train/lr", 0.25}};
    observer->on(GradientsReady{7, true});
    observer->on(StepDone{7, 1, &row});
    std::vector<std::pair<std::string, double>> out;
    for (const Row& each : recorder.rows) {
      for (const Scalar& scalar : each.scalars) out.emplace_back(scalar.name, scalar.value);
    }
    return out;
  }

  struct Weights : Module {
    Weights() {
      add_parameter("layer.weight", weight);
      add_parameter("layer.bias", bias);
    }
    at::Tensor weight = at::tensor({3.0, 4.0}, at::kFloat).requires_grad_(true);
    at::Tensor bias = at::tensor({12.0}, at::kFloat).requires_grad_(true);
  } weights;
  FakeRecorder recorder;
  std::unique_ptr<Observer> observer;
};

TEST(Norms, AreLoggedWithRowsOfTraining) {
  EXPECT_THAT(Watched("norms", R"({"parts": [{"name": "bias", "match": "*bias"}]})").logged(),
              ElementsAre(Pair("norm/gradient", 5), Pair("norm/gradient.bias", 0), Pair("norm/weight", 13),
                          Pair("norm/weight.bias", 12)));
}

TEST(Norms, BetweenRowsNothingIsDone) {
  Watched watched("norms", "{}");
  watched.observer->on(GradientsReady{7, false});
  watched.observer->on(StepDone{7, 1, nullptr});
  EXPECT_THAT(watched.recorder.rows, IsEmpty());
}

TEST(Norms, AGlobThatMatchesNothingIsAProblem) {
  const auto problems =
      problems_of([] { Watched("norms", R"({"parts": [{"name": "head", "match": "*wieght"}]})"); });
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("('head') matches no parameter of the model"));
  EXPECT_THAT(problems[0].hint, HasSubstr("did you mean '*weight'?"));
}

TEST(LearningRate, IsLoggedForEachGroup) {
  const Component component = tensor_component("optimizer", "sgd");
  const auto optimizer = component.parts->build(
      bind_filled<Optimizer>(component,
                             std::string(R"({"lr": 0.5, "groups": [{"match": "*bias", "lr": 2}]})")),
      Optimizer::Needs{});
  EXPECT_THAT(Watched("learning_rate", "{}", optimizer.get()).logged(),
              ElementsAre(Pair("train/lr.groups.0", 1.0)));  // the schedule's factor is a half
}

TEST(System, KeepsNumbersAsAnEventAndNoRow) {
  Watched watched("system", R"({"every": "1 h"})");
  watched.observer->on(RunStarted{100, 10, 0, 42, "cpu", 1});
  watched.logged();
  watched.observer->on(RunDone{7, "7 steps"});

  EXPECT_THAT(watched.recorder.rows, IsEmpty());
  const auto measured = watched.recorder.events_of<Measured>();
  ASSERT_THAT(measured, SizeIs(1));
  EXPECT_EQ(measured[0].step, 7);
  EXPECT_THAT(
      measured[0].scalars,
      ElementsAre(Field(&Scalar::name, "system/cpu_percent"), Field(&Scalar::name, "system/rss_bytes"),
                  AllOf(Field(&Scalar::name, "system/peak_rss_bytes"), Field(&Scalar::value, Gt(1e6)))));
}

TEST(System, MeasuresEverySoOften) {
  Watched watched("system", R"({"every": "0 s"})");
  watched.logged();
  EXPECT_THAT(watched.recorder.events_of<Measured>(), SizeIs(1));
}

}  // namespace
}  // namespace assay::testing
