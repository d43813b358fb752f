#include "runner/sweep/study.h"

#include <cmath>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/random.h"
#include "registry/contracts/builtin.h"
#include "registry/contracts/dataset.h"
#include "runner/sweep/history.h"
#include "runner/sweep/plan.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using sweep::Configuration;
using sweep::Plan;
using sweep::Study;
using sweep::Unit;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class Sweep : public ::testing::Test {
 protected:
  /// A study of the digits with this section; `more` are further lines of the config.
  Study study(const std::string& section, const std::string& more = {}) {
    const std::string file =
        folder_.write("sweep.yaml",
                      "assay: 1\ndataset: {type: digits, split: {type: k_fold, k: 3, valid: 20%}}\n"
                      "model: {type: mlp, hidden: [64], dropout: 0.1}\n"
                      "optimizer: {type: adamw, lr: 1e-3}\ntrain: {until: 20 epochs}\n"
                      "metrics: [accuracy]\n" +
                          more + section);
    return Study({.file = file}, registry_, parts_);
  }
  std::vector<std::string> labels(const Study& study) {
    std::vector<std::string> out;
    for (const auto& configuration : plan_of(study, {}).configurations) out.push_back(configuration.label);
    return out;
  }
  Experiment bound(const Study& study, const Unit& unit) {
    return study.trials()
        .bind(study.overrides(unit, study.propose(unit.group, unit.configuration, {})))
        .experiment;
  }
  TemporaryFolder folder_;
  Registry registry_ = builtin_registry();
  Implementations parts_ = builtin_implementations();
};

TEST_F(Sweep, AGridListsEveryCombinationWithTheLastKeyFastest) {
  EXPECT_THAT(
      labels(
          study("sweep: {space: {model.dropout: {choice: [0, 0.5]}, train.batch_size: {range: [16, 18]}}}")),
      ElementsAre("model.dropout=0 train.batch_size=16", "model.dropout=0 train.batch_size=17",
                  "model.dropout=0.5 train.batch_size=16", "model.dropout=0.5 train.batch_size=17"));
}

TEST_F(Sweep, AChoiceHoldsAWholeSlotWithDimensionsOfItsOwn) {
  const Study it = study(
      "sweep: {space: {optimizer: {choice: [{type: adamw, lr: {choice: [1e-3, 1e-2]}}, {type: sgd, lr: 0.1, "
      "momentum: "
      "{choice: [0, 0.5, 0.9]}}]}}}");

  EXPECT_EQ(it.layout().n_trials(), 5);
  EXPECT_EQ(bound(it, {1, 0, 0}).optimizer.to_json().find("lr")->real(), 1e-2);
  EXPECT_EQ(bound(it, {4, 0, 0}).optimizer.name(), "sgd");
  EXPECT_EQ(bound(it, {4, 0, 0}).optimizer.to_json().find("momentum")->real(), 0.9);
}

TEST_F(Sweep, KeysMayBeNested) {
  EXPECT_THAT(labels(study("sweep: {space: {model: {dropout: {choice: [0, 0.5]}}}}")),
              ElementsAre("model.dropout=0", "model.dropout=0.5"));
}

TEST_F(Sweep, AConditionDrawsAKeyOnlyWhereItHolds) {
  const Study it = study(
      "sweep: {space: {optimizer.weight_decay: {choice: [0, 1e-4, 1e-2], when: {optimizer.type: adamw}}, "
      "optimizer: "
      "{choice: [adamw, {type: sgd, lr: 0.1}]}}}");

  EXPECT_EQ(it.layout().n_trials(), 4);
}

TEST_F(Sweep, ForbiddenCombinationsAreNotCounted) {
  EXPECT_EQ(study("sweep: {space: {model.dropout: {choice: [0, 0.5]}, train.batch_size: {choice: [16, 32, "
                  "64]}}, forbid: "
                  "[{model.dropout: 0.5, train.batch_size: [32, 64]}]}")
                .layout()
                .n_trials(),
            4);
}

TEST_F(Sweep, ZippedKeysWalkTogether) {
  EXPECT_THAT(
      labels(study(
          "sweep: {zip: {model.hidden: [[32], [64]], train.batch_size: [16, 32]}, space: {model.dropout: "
          "{choice: [0, 0.5]}}}")),
      ElementsAre("model.dropout=0 model.hidden=[32] train.batch_size=16",
                  "model.dropout=0 model.hidden=[64] train.batch_size=32",
                  "model.dropout=0.5 model.hidden=[32] train.batch_size=16",
                  "model.dropout=0.5 model.hidden=[64] train.batch_size=32"));
}

TEST_F(Sweep, PointsComeFromAFile) {
  folder_.write("points.csv", "model.hidden,optimizer.lr\n\"[32, 32]\",1e-3\n[64],1e-2\n");

  EXPECT_THAT(labels(study("sweep: {zip_file: points.csv}")),
              ElementsAre("model.hidden=[32, 32] optimizer.lr=1e-3", "model.hidden=[64] optimizer.lr=1e-2"));
}

TEST_F(Sweep, AWrongValueInAFilePointsToItsLine) {
  folder_.write("points.csv", "optimizer.lr\n1e-3\n-1\n");

  const auto problems = problems_of([&] { study("sweep: {zip_file: points.csv}"); });

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].where.line, 3);
  EXPECT_THAT(to_string(problems[0]), HasSubstr("optimizer.lr is -1, must be"));
}

TEST_F(Sweep, AnExpressionInAChoiceSeesTheTrialsValues) {
  const Study it = study(
      "sweep: {space: {vars.rate: {choice: [0.2, 0.4]}, model: {choice: [{type: mlp, dropout: $(vars.rate / "
      "2)}]}}}",
      "vars: {rate: 0.1}\n");

  EXPECT_EQ(bound(it, {1, 0, 0}).model.to_json().find("dropout")->real(), 0.2);
}

TEST_F(Sweep, AListOfChoicesMayBeAnExpression) {
  EXPECT_EQ(
      study("sweep: {space: {model.dropout: {choice: $(vars.rates)}}}", "vars: {rates: [0, 0.1, 0.2]}\n")
          .layout()
          .n_trials(),
      3);
}

TEST_F(Sweep, TrialsAreNumberedOverRepeatsThenGroupsThenConfigurations) {
  const Study it = study(
      "sweep: {per: {dataset.split.seed: {range: [0, 2]}}, space: {model.dropout: {choice: [0, 0.5]}}, "
      "repeat: {seeds: 3}}");

  EXPECT_EQ(it.layout().n_trials(), 12);
  EXPECT_EQ(it.layout().unit(7), (Unit{1, 0, 1}));
  for (std::int64_t k = 0; k < 12; ++k) EXPECT_EQ(it.layout().number(it.layout().unit(k)), k);
  EXPECT_EQ(bound(it, {1, 1, 2}).seed, 2);
  EXPECT_EQ(it.label({1, 1, 2}, it.propose(1, 1, {})), "dataset.split.seed=1 model.dropout=0.5 seed=2");
}

TEST_F(Sweep, FoldsAreRepeats) {
  const Study it = study("sweep: {space: {model.dropout: {choice: [0, 0.5]}}, repeat: {folds: 4}}");
  const Json split = bound(it, {0, 0, 3}).dataset.shared().split.to_json();

  EXPECT_EQ(split.find("k")->integer(), 4);
  EXPECT_EQ(split.find("fold")->integer(), 3);
}

TEST_F(Sweep, TheObjectiveTakesItsDirectionFromTheMetric) {
  EXPECT_TRUE(study("sweep: {space: {model.dropout: {choice: [0]}}, objective: {metric: valid/accuracy}}")
                  .objective()
                  ->is_better_high);
  EXPECT_FALSE(study("sweep: {space: {model.dropout: {choice: [0]}}, objective: {metric: valid/loss}}")
                   .objective()
                   ->is_better_high);
}

TEST_F(Sweep, EnqueuedPointsComeFirst) {
  const Study it = study(
      "sweep: {sampler: random, trials: 3, space: {model.dropout: {uniform: [0, 0.5]}}, enqueue: "
      "[{model.dropout: 0.25}]}");

  EXPECT_THAT(it.propose(0, 0, {}), ElementsAre(0.25));
  EXPECT_EQ(it.layout().n_trials(), 3);
}

TEST_F(Sweep, ARefitPutsItsValuesOverTheBest) {
  const Study it = study(
      "sweep: {space: {model.dropout: {choice: [0, 0.5]}}, objective: {metric: valid/loss}, refit: "
      "{dataset.split.valid: "
      "none, evaluate.test: last}}");
  const Experiment refit = it.trials().bind(it.refit_overrides(0, {1})).experiment;

  EXPECT_EQ(*refit.evaluate.test, "last");
  EXPECT_EQ(refit.model.to_json().find("dropout")->real(), 0.5);
  EXPECT_EQ(it.layout().n_refits(), 1);
}

TEST_F(Sweep, TooManyTrialsAreCountedInTheError) {
  const Study it = study("sweep: {space: {model.dropout: {choice: [0, 0.5]}, seed: {range: [0, 600]}}}");

  const auto problems = problems_of([&] { plan_of(it, {.limit = 1000}); });

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(to_string(problems[0]),
              HasSubstr("sweep has 1200 trials (1200 configurations), more than 1000"));
  EXPECT_THAT(problems[0].hint, HasSubstr("--yes"));
}

TEST_F(Sweep, EachDistinctModelIsCheckedOnce) {
  const Study it = study(
      "sweep: {space: {model.hidden: {choice: [[32], [64]]}, optimizer.lr: {choice: [1e-3, 1e-2, 1e-1]}}, "
      "repeat: {seeds: "
      "5}}");
  int n_checks = 0;

  const Plan plan = plan_of(it, {.limit = 0, .check = [&](const BoundConfig&) { ++n_checks; }});

  EXPECT_EQ(n_checks, 2);
  EXPECT_EQ(plan.n_checked, 2);
}

// ---- What a proposal sees

constexpr const char* learning =
    "sweep: {sampler: {type: tpe, startup: 4}, trials: 24, objective: {metric: valid/loss}, space: "
    "{model.dropout: "
    "{uniform: [0, 0.9]}, optimizer.lr: {loguniform: [1e-5, 1]}}, sync: window, window: 4}";

double loss_of(const Point& point) { return std::abs(point[0] - 0.3) + std::abs(std::log10(point[1]) + 3); }

/// Runs the study as workers would that end their trials in an order drawn from `seed`, up to `n_workers` at
/// a time.
std::vector<Point> points_of(const Study& study, std::uint64_t seed, std::size_t n_workers) {
  std::vector<Configuration> recorded;
  std::vector<std::int64_t> running;
  Draws draws = Stream(seed, "order of workers").at(0, 0);
  while (true) {
    const auto next = std::ssize(recorded);
    std::optional<Point> proposed;
    if (next < study.layout().n_configurations && running.size() < n_workers)
      proposed = propose_from(study, 0, next, recorded);
    if (proposed) {
      recorded.push_back({next, *proposed, {}, false});
      running.push_back(next);
      continue;
    }
    if (running.empty()) break;
    const auto ended = running.begin() + static_cast<std::ptrdiff_t>(draws.below(running.size()));
    Configuration& configuration = recorded[static_cast<std::size_t>(*ended)];
    configuration.results[0].value = loss_of(configuration.point);
    running.erase(ended);
  }
  std::vector<Point> points;
  for (const Configuration& configuration : recorded) points.push_back(configuration.point);
  return points;
}

TEST_F(Sweep, WithWindowsTrialsDoNotDependOnWorkersOrTheirSpeed) {
  const Study it = study(learning);
  const std::vector<Point> alone = points_of(it, 0, 1);

  ASSERT_THAT(alone, SizeIs(24));
  for (std::uint64_t seed = 1; seed < 6; ++seed) {
    for (const std::size_t n_workers : {2U, 3U, 4U, 16U})
      EXPECT_EQ(points_of(it, seed, n_workers), alone) << seed;
  }
}

TEST_F(Sweep, AProposalWaitsForTheWindowBefore) {
  const Study it = study(learning);
  std::vector<Configuration> recorded;
  for (std::int64_t k = 0; k < 4; ++k) recorded.push_back({k, *propose_from(it, 0, k, recorded), {}, false});
  for (std::int64_t k = 0; k < 3; ++k) recorded[static_cast<std::size_t>(k)].results[0].value = 1;

  EXPECT_FALSE(propose_from(it, 0, 4, recorded));
  recorded[3].results[0].value = 1;
  EXPECT_TRUE(propose_from(it, 0, 4, recorded));
}

TEST_F(Sweep, TheObjectiveIsTheMeanOverRepeats) {
  const sweep::Objective objective{"valid/accuracy", true};
  Configuration configuration{3, {0}, {{0, {sweep::Result::End::finished, 0.8}}}, false};

  EXPECT_EQ(seen_of(configuration, 2, objective).state, Seen::State::running);
  configuration.results[1].value = 0.6;
  EXPECT_DOUBLE_EQ(seen_of(configuration, 2, objective).value, -0.7);
  configuration.results[1].end = sweep::Result::End::failed;
  EXPECT_EQ(seen_of(configuration, 2, objective).state, Seen::State::failed);
}

TEST(Retry, LostAndFailedAttemptsAreCountedApart) {
  const RetrySection retry;

  EXPECT_TRUE(sweep::is_tried_again(retry, {.n_lost = 3}));
  EXPECT_FALSE(sweep::is_tried_again(retry, {.n_lost = 4}));
  EXPECT_FALSE(sweep::is_tried_again(retry, {.n_failed = 1}));
}

TEST(Retry, WhatRanOutOfMemoryIsTriedInSmallerPartsFirst) {
  const RetrySection retry{.failed = 1, .out_of_memory = 2};

  EXPECT_TRUE(sweep::is_tried_again(retry, {.n_out_of_memory = 3}));
  EXPECT_FALSE(sweep::is_tried_again(retry, {.n_out_of_memory = 4}));
  EXPECT_EQ(sweep::n_halvings(retry, {.n_out_of_memory = 1}), 1);
  EXPECT_EQ(sweep::n_halvings(retry, {.n_out_of_memory = 3}), 2);
}

TEST(Retry, WhatUsedUpItsTimeIsNotTriedAgain) {
  EXPECT_FALSE(sweep::is_tried_again({.lost = 9, .failed = 9}, {.is_out_of_time = true}));
}

}  // namespace
}  // namespace assay::testing
