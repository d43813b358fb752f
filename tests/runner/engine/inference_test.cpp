// A trained model at work gives what training recorded of it, and changes nothing.
#include <algorithm>
#include <cmath>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/runner/engine/tiny.h"
#include "tests/support/files.h"

extern "C" assay::Engine* assay_engine();

namespace assay::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Unit = Duration::Unit;

InferenceJob job_of(const Tiny& tiny, const std::vector<std::int64_t>& rows) {
  return {tiny.experiment, tiny.prepared, tiny.parts, tiny.recorder.checkpoints.back().state, rows};
}

Evaluation evaluated(const Tiny& tiny, const std::vector<std::int64_t>& rows, const std::string& split) {
  return std::unique_ptr<Engine>(assay_engine())->evaluate(job_of(tiny, rows), split);
}

Predictions predicted(const Tiny& tiny, const std::vector<std::int64_t>& rows) {
  return std::unique_ptr<Engine>(assay_engine())->predict(job_of(tiny, rows));
}

void expect_as_logged(const Tiny& tiny, const Evaluation& found) {
  EXPECT_THAT(found.scalars, ::testing::Not(IsEmpty()));
  for (const Scalar& scalar : found.scalars)
    EXPECT_EQ(scalar.value, tiny.recorder.values_of(scalar.name).back()) << scalar.name;
}

TEST(Inference, ScoresWhatTheRunLoggedOfTheLastWeights) {
  Tiny tiny;
  tiny.set_model({{"dropout", "0.3"}});
  tiny.train();

  const Evaluation valid = evaluated(tiny, tiny.prepared.rows.valid, "valid");
  const Evaluation test = evaluated(tiny, tiny.prepared.rows.test, "test");

  expect_as_logged(tiny, valid);
  expect_as_logged(tiny, test);
  EXPECT_FALSE(test.are_averaged);
}

TEST(Inference, ScoresTheAveragedWeightsWhereThoseAreJudged) {
  Tiny tiny;
  tiny.experiment.train.ema = EmaSection{.decay = 0.9};
  tiny.train();

  const Evaluation found = evaluated(tiny, tiny.prepared.rows.valid, "valid");

  expect_as_logged(tiny, found);
  EXPECT_TRUE(found.are_averaged);
}

TEST(Inference, DrawsThePassesThatTheRunDrew) {
  Tiny tiny;
  tiny.set_model({{"dropout", "0.3"}});
  tiny.experiment.predict = {.passes = 5, .dropout = true};
  tiny.add_metric("passes");
  tiny.train();

  expect_as_logged(tiny, evaluated(tiny, tiny.prepared.rows.valid, "valid"));
}

TEST(Inference, PredictsTheClassesThatItScores) {
  Tiny tiny;
  tiny.add_metric("hits");
  tiny.experiment.train.until = until(10, Unit::epochs);
  tiny.train();
  const std::vector<std::int64_t>& rows = tiny.prepared.rows.test;

  const Predictions found = predicted(tiny, rows);

  ASSERT_EQ(found.values.shape(), (std::vector<std::int64_t>{60, 2}));
  double right = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double* row = found.values.as<double>() + 2 * i;
    EXPECT_NEAR(row[0] + row[1], 1, 1e-12);
    const std::int64_t known = tiny.prepared.target.as<std::int64_t>()[rows[i]];
    right += found.classes.as<std::int64_t>()[i] == known ? 1 : 0;
  }
  EXPECT_EQ(right / 60, tiny.recorder.values_of("test/hits").back());
  EXPECT_EQ(found.spread.data(), nullptr);
}

TEST(Inference, PredictsTheSameWithoutATarget) {
  Tiny tiny;
  tiny.train();
  const Predictions with = predicted(tiny, tiny.prepared.rows.test);

  tiny.prepared.target = {};
  const Predictions without = predicted(tiny, tiny.prepared.rows.test);

  for (std::int64_t i = 0; i < with.values.count(); ++i)
    EXPECT_EQ(with.values.as<double>()[i], without.values.as<double>()[i]);
}

TEST(Inference, GivesMeanAndDeviationOfManyPasses) {
  Tiny tiny;
  tiny.set_model({{"dropout", "0.5"}});
  tiny.train();
  const Predictions still = predicted(tiny, tiny.prepared.rows.test);
  tiny.experiment.predict = {.passes = 50, .dropout = true};

  const Predictions drawn = predicted(tiny, tiny.prepared.rows.test);

  ASSERT_EQ(drawn.spread.shape(), drawn.values.shape());
  double largest = 0, apart = 0;
  for (std::int64_t i = 0; i < drawn.values.count(); ++i) {
    largest = std::max(largest, drawn.spread.as<double>()[i]);
    apart = std::max(apart, std::abs(drawn.values.as<double>()[i] - still.values.as<double>()[i]));
  }
  EXPECT_GT(largest, 0.01);
  EXPECT_LT(largest, 0.5);
  EXPECT_GT(apart, 0);
}

TEST(Inference, RefusesTheWeightsOfAnotherModel) {
  Tiny tiny;
  tiny.train();
  tiny.set_model({{"hidden", "8"}});

  const auto problems = problems_of([&] { predicted(tiny, tiny.prepared.rows.test); });

  ASSERT_THAT(problems, SizeIs(3));
  EXPECT_THAT(problems[0].message, HasSubstr("the checkpoint's b1 is f32 [16], the model's is f32 [8]"));
}

TEST(Inference, PutsWhatGoesWrongIntoWords) {
  Tiny tiny;
  tiny.train();
  tiny.set_model({{"mistake", "shape"}});

  const auto problems = problems_of([&] { predicted(tiny, tiny.prepared.rows.test); });

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("forward of model/net, x [60, 2]"));
}

}  // namespace
}  // namespace assay::testing
