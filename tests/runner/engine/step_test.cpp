// What is done to the numbers of a step, seen from outside: in rows, checkpoints and outcomes.
#include <algorithm>
#include <cmath>
#include <string>

#include <gmock/gmock.h>

#include "core/text.h"
#include "runner/engine/evaluation.h"
#include "tests/runner/engine/tiny.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using Status = Outcome::Status;
using Unit = Duration::Unit;

/// Sums over a batch in parts are rounded otherwise than in one: a few units in the last place of f32 a step.
constexpr double rounding = 2e-5;

/// The f32 numbers under a name in a checkpoint.
std::vector<float> numbers(const KeptCheckpoint& checkpoint, const std::string& name) {
  const StateReader in(checkpoint.state);
  const ArrayView& view = in.array(name);
  const auto* first = view.as<float>();
  return {first, first + view.count()};
}

const std::vector<std::string>& weight_names() {
  static const std::vector<std::string> names{"b1", "w1", "w2"};
  return names;
}

double largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
  EXPECT_EQ(a.size(), b.size());
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    largest = std::max(largest, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
  }
  return largest;
}

/// Between the last weights of two runs.
double weights_apart(const Tiny& a, const Tiny& b) {
  double largest = 0;
  for (const std::string& name : weight_names()) {
    largest = std::max(largest, largest_difference(numbers(a.recorder.checkpoints.back(), "model/" + name),
                                                   numbers(b.recorder.checkpoints.back(), "model/" + name)));
  }
  return largest;
}

void save_every_step(Tiny& tiny) { tiny.experiment.checkpoint.every = {1, Unit::steps}; }

// ---- Accumulation.

TEST(Accumulation, GivesTheNumbersOfTheWholeBatchDropoutIncluded) {
  Tiny whole, parts;
  for (Tiny* tiny : {&whole, &parts}) tiny->set_model({{"dropout", "0.4"}});
  parts.experiment.train.accumulate = 3;  // of 16 rows: 6, 6 and 4; the last batch has 8: 6 and 2

  whole.train();
  parts.train();

  EXPECT_LT(weights_apart(whole, parts), rounding);
  const auto losses = whole.recorder.values_of("train/loss"),
             in_parts = parts.recorder.values_of("train/loss");
  ASSERT_EQ(losses.size(), in_parts.size());
  for (std::size_t i = 0; i < losses.size(); ++i) EXPECT_NEAR(losses[i], in_parts[i], rounding);
  EXPECT_EQ(whole.recorder.values_of("train/hits"), parts.recorder.values_of("train/hits"));
}

TEST(Accumulation, IsExactWhereTheCountIsAWeightOnTheDevice) {
  Tiny whole, parts;
  for (Tiny* tiny : {&whole, &parts}) tiny->set_loss("weighted");
  parts.experiment.train.accumulate = 4;

  whole.train();
  parts.train();

  EXPECT_LT(weights_apart(whole, parts), rounding);
}

TEST(Accumulation, MakesAsManyStepsAsBefore) {
  Tiny tiny;
  tiny.experiment.train.accumulate = 4;

  EXPECT_EQ(tiny.train().step, 4 * 13);
}

// ---- Penalties.

TEST(Penalties, AreLoggedApartAndWithTheLoss) {
  Tiny tiny;
  tiny.add_penalty({{"weight", "0.01"}});
  tiny.experiment.train.log_every = {1, Unit::steps};

  tiny.train();

  const auto losses = tiny.recorder.values_of("train/loss"),
             penalties = tiny.recorder.values_of("train/penalty"),
             objectives = tiny.recorder.values_of("train/objective");
  ASSERT_EQ(losses.size(), penalties.size());
  ASSERT_EQ(losses.size(), objectives.size());
  for (std::size_t i = 0; i < losses.size(); ++i) EXPECT_DOUBLE_EQ(objectives[i], losses[i] + penalties[i]);
  EXPECT_THAT(tiny.recorder.values_of("valid/penalty"), IsEmpty());
}

TEST(Penalties, AreNotLoggedWhereThereAreNone) {
  Tiny tiny;

  tiny.train();

  EXPECT_THAT(tiny.recorder.values_of("train/penalty"), IsEmpty());
  EXPECT_THAT(tiny.recorder.values_of("train/objective"), IsEmpty());
}

TEST(Penalties, MoveTheWeightsTheyAreOnByTheirGradient) {
  Tiny tiny;  // the loss does not depend on the weights
  tiny.set_loss("mean_input");
  tiny.set_optimizer({{"lr", "0.5"}});
  tiny.add_penalty({{"weight", "0.1"}, {"match", "w2"}});
  tiny.experiment.train.until = until(2, Unit::steps);
  save_every_step(tiny);

  tiny.train();

  const std::vector<float> before = numbers(tiny.recorder.checkpoints.at(0), "model/w2"),
                           after = numbers(tiny.recorder.checkpoints.at(1), "model/w2");
  const float factor = 0.75F;  // of the schedule, in the second of two steps
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_NEAR(after[i], before[i] - 0.5F * factor * 0.1F * 2 * before[i], 1e-7);
  }
  EXPECT_EQ(numbers(tiny.recorder.checkpoints.at(0), "model/w1"),
            numbers(tiny.recorder.checkpoints.at(1), "model/w1"));
}

double first_penalty(const std::string& divide_by, std::int64_t accumulate) {
  Tiny tiny;
  tiny.add_penalty({{"weight", "1"}, {"divide_by", divide_by}});
  tiny.experiment.train.accumulate = accumulate;
  tiny.experiment.train.log_every = {1, Unit::steps};
  tiny.experiment.train.until = until(1, Unit::steps);
  tiny.train();
  return tiny.recorder.values_of("train/penalty").at(0);
}

TEST(Penalties, AreDividedAsAskedAndAddedOnceAStep) {
  const double undivided = first_penalty("none", 1);

  EXPECT_NEAR(first_penalty("batch", 1), undivided / 16, 1e-6);
  EXPECT_NEAR(first_penalty("train_rows", 1), undivided / 200, 1e-6);
  EXPECT_DOUBLE_EQ(first_penalty("none", 4), undivided);
  EXPECT_DOUBLE_EQ(first_penalty("batch", 4), first_penalty("batch", 1));
}

TEST(Penalties, MoveTheSameWeightsHoweverManyPartsABatchGoesThroughIn) {
  Tiny whole, parts;
  for (Tiny* tiny : {&whole, &parts}) tiny->add_penalty({{"weight", "0.01"}});
  parts.experiment.train.accumulate = 4;

  whole.train();
  parts.train();

  EXPECT_LT(weights_apart(whole, parts), rounding);
}

TEST(Penalties, RefuseGlobsThatMatchNothing) {
  Tiny tiny;
  tiny.add_penalty({{"weight", "1"}, {"match", "w3"}});

  const std::vector<Problem> problems = problems_of([&] { tiny.train(); });

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("matches no parameter"));
}

// ---- Clipping.

TEST(Clipping, ByNormBoundsTheStepAndLogsTheNormBefore) {
  Tiny tiny;
  tiny.set_optimizer({{"lr", "1"}});
  tiny.experiment.train.clip = ClipSection{.norm = 0.01, .value = {}};
  tiny.experiment.train.log_every = {1, Unit::steps};
  tiny.experiment.train.until = until(2, Unit::steps);
  save_every_step(tiny);

  tiny.train();

  double squares = 0;
  for (const std::string& name : weight_names()) {
    const auto before = numbers(tiny.recorder.checkpoints.at(0), "model/" + name),
               after = numbers(tiny.recorder.checkpoints.at(1), "model/" + name);
    for (std::size_t i = 0; i < before.size(); ++i) {
      squares += std::pow(static_cast<double>(after[i]) - static_cast<double>(before[i]), 2);
    }
  }
  EXPECT_NEAR(std::sqrt(squares), 0.01 * 0.75, 1e-6);  // 0.75: the schedule's
  EXPECT_THAT(tiny.recorder.values_of("train/grad_norm"), Each(::testing::Gt(0.01)));
}

TEST(Clipping, OfALargeLimitChangesNothing) {
  Tiny plain, clipped;
  clipped.experiment.train.clip = ClipSection{.norm = 1e6, .value = {}};

  plain.train();
  clipped.train();

  EXPECT_EQ(weights_apart(plain, clipped), 0);
  EXPECT_THAT(plain.recorder.values_of("train/grad_norm"), IsEmpty());
}

TEST(Clipping, ByValueBoundsEveryNumber) {
  Tiny tiny;
  tiny.experiment.train.clip = ClipSection{.norm = {}, .value = 0.001};
  tiny.add_observer("feeler");
  tiny.experiment.train.until = until(1, Unit::steps);

  tiny.train();

  EXPECT_THAT(tiny.recorder.notes.find("feeler.1")->text(), ::testing::StartsWith("logged 0.0010000000"));
}

// ---- Observers of gradients.

TEST(GradientsReady, ComesBeforeEveryStepAndSaysWhetherARowFollows) {
  Tiny tiny;
  tiny.add_observer("feeler");
  tiny.experiment.train.log_every = {2, Unit::steps};
  tiny.experiment.train.until = until(3, Unit::steps);

  tiny.train();

  EXPECT_THAT(tiny.recorder.notes.find("feeler.1")->text(), Not(HasSubstr("logged")));
  EXPECT_THAT(tiny.recorder.notes.find("feeler.2")->text(), HasSubstr("logged"));
  EXPECT_THAT(tiny.recorder.notes.find("feeler.3")->text(), HasSubstr("logged"));  // the last of the run
  EXPECT_THAT(tiny.recorder.events_of<GradientsReady>(), IsEmpty());               // observers only
  EXPECT_THAT(tiny.listener.names, Not(Contains("GradientsReady")));
}

// ---- Averages.

/// The averages of all checkpoints, from the weights in them, as the formula says.
std::vector<float> averaged(const Tiny& tiny, const std::string& name, const EmaSection& ema) {
  std::vector<float> average;
  std::int64_t updates = 0;
  for (const KeptCheckpoint& checkpoint : tiny.recorder.checkpoints) {
    if (checkpoint.info.step % ema.every != 0) continue;
    const std::vector<float> weights = numbers(checkpoint, "model/" + name);
    ++updates;
    double decay = updates == 1 ? 0 : ema.decay;
    if (ema.warmup) decay = std::min(decay, 1 - std::pow(static_cast<double>(updates), -2.0 / 3.0));
    average.resize(weights.size());
    for (std::size_t i = 0; i < weights.size(); ++i) {
      average[i] = static_cast<float>(decay) * average[i] + static_cast<float>(1 - decay) * weights[i];
    }
  }
  return average;
}

void expect_averages(const EmaSection& ema) {
  Tiny tiny;
  tiny.experiment.train.ema = ema;
  save_every_step(tiny);

  tiny.train();

  for (const std::string& name : weight_names()) {
    EXPECT_LT(largest_difference(averaged(tiny, name, ema),
                                 numbers(tiny.recorder.checkpoints.back(), "ema/weights/" + name)),
              1e-5);
  }
}

TEST(Averages, FollowTheWeights) { expect_averages({.decay = 0.9}); }
TEST(Averages, MayBeTakenEverySoManySteps) { expect_averages({.decay = 0.5, .every = 5}); }
TEST(Averages, MayForgetTheFirstWeightsSoon) { expect_averages({.decay = 0.99, .warmup = true}); }

TEST(Averages, AreWhatIsJudgedUnlessTheConfigSaysOtherwise) {
  Tiny plain, averages, beside;
  averages.experiment.train.ema = EmaSection{.decay = 0.9};
  beside.experiment.train.ema = EmaSection{.decay = 0.9, .evaluate = false};

  plain.train();
  averages.train();
  beside.train();

  EXPECT_EQ(beside.recorder.values_of("valid/loss"), plain.recorder.values_of("valid/loss"));
  EXPECT_NE(averages.recorder.values_of("valid/loss"), plain.recorder.values_of("valid/loss"));
  EXPECT_NE(averages.recorder.values_of("test/loss"), plain.recorder.values_of("test/loss"));
  EXPECT_EQ(weights_apart(averages, plain), 0);  // training goes on from the weights themselves
}

TEST(Averages, AreTheBestWeightsThatAreTested) {
  Tiny tiny;
  tiny.experiment.train.ema = EmaSection{.decay = 0.9};
  tiny.experiment.checkpoint.keep_best = "valid/loss";
  tiny.prepared.rows.test = tiny.prepared.rows.valid;

  tiny.train();

  const auto judged = tiny.recorder.values_of("valid/loss");
  EXPECT_EQ(tiny.recorder.values_of("test/loss").at(0), *std::min_element(judged.begin(), judged.end()));
}

// ---- Freezing.

TEST(Freezing, LeavesWeightsAsTheyAreUntilTheirStep) {
  Tiny tiny;
  tiny.experiment.train.freeze = {{{{"w1", "b1"}}, Duration{1, Unit::epochs}}};
  save_every_step(tiny);

  tiny.train();

  const auto& checkpoints = tiny.recorder.checkpoints;
  EXPECT_EQ(numbers(checkpoints.at(0), "model/w1"), numbers(checkpoints.at(12), "model/w1"));
  EXPECT_NE(numbers(checkpoints.at(12), "model/w1"), numbers(checkpoints.at(13), "model/w1"));
  EXPECT_NE(numbers(checkpoints.at(0), "model/w2"), numbers(checkpoints.at(1), "model/w2"));
}

TEST(Freezing, WithoutAnEndIsForGood) {
  Tiny tiny;
  tiny.experiment.train.freeze = {{{{"w1"}}, {}}};
  save_every_step(tiny);

  tiny.train();

  EXPECT_EQ(numbers(tiny.recorder.checkpoints.front(), "model/w1"),
            numbers(tiny.recorder.checkpoints.back(), "model/w1"));
}

TEST(Freezing, RefusesWhatMatchesNothingAndWhatLeavesNothing) {
  Tiny misspelt, all;
  misspelt.experiment.train.freeze = {{{{"w3"}}, {}}};
  all.experiment.train.freeze = {{{{"*"}}, Duration{1, Unit::epochs}}};

  EXPECT_THAT(problems_of([&] { misspelt.train(); }).at(0).message, HasSubstr("matches no parameter"));
  EXPECT_THAT(problems_of([&] { all.train(); }).at(0).message, HasSubstr("no parameter to train"));
}

// ---- Precision.

TEST(Precision, OfBf16TrainsAndRepeats) {
  Tiny plain, first, second;
  for (Tiny* tiny : {&plain, &first, &second}) {
    tiny->set_model({{"dropout", "0.2"}});
    tiny->experiment.train.until = until(30, Unit::epochs);
  }
  first.experiment.train.precision = second.experiment.train.precision = "bf16";

  plain.train();
  first.train();
  second.train();

  EXPECT_EQ(weights_apart(first, second), 0);
  EXPECT_NE(weights_apart(first, plain), 0);
  EXPECT_GT(first.recorder.values_of("test/hits").at(0), 0.9);
}

TEST(Precision, OfBf16DrawsTheDropoutOfTheStreams) {
  Tiny whole, parts;
  for (Tiny* tiny : {&whole, &parts}) {
    tiny->set_model({{"dropout", "0.4"}});
    tiny->experiment.train.precision = "bf16";
    tiny->experiment.train.until = until(1, Unit::epochs);
  }
  parts.experiment.train.accumulate = 2;

  whole.train();
  parts.train();

  // Other masks would be tenths apart; 16-bit products in other sums are thousandths.
  EXPECT_LT(weights_apart(whole, parts), 0.01);
}

TEST(Precision, OfFp16IsRefusedOnTheCpu) {
  Tiny tiny;
  tiny.experiment.train.precision = "fp16";

  const std::vector<Problem> problems = problems_of([&] { tiny.train(); });

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].path, "train.precision");
}

// ---- Closures.

TEST(Closures, GiveTheObjectiveOfTheSameBatchWithTheSameDraws) {
  Tiny tiny;
  tiny.use_closures();
  tiny.set_model({{"dropout", "0.4"}});
  tiny.add_penalty({{"weight", "0.01"}});
  tiny.experiment.train.log_every = {1, Unit::steps};
  tiny.experiment.train.until = until(3, Unit::steps);

  tiny.train();

  const StateReader optimizer = StateReader(tiny.recorder.checkpoints.back().state).scope("optimizer");
  const auto logged = tiny.recorder.values_of("train/objective");
  for (std::size_t step = 0; step < 3; ++step) {
    const double first = optimizer.real(text("values/", 2 * step)),
                 second = optimizer.real(text("values/", 2 * step + 1));
    EXPECT_NEAR(first, logged.at(step), 1e-6);  // the row is that of the first evaluation
    EXPECT_LT(second, first);                   // downhill, of one and the same function
  }
}

TEST(Closures, AreThoseOfGradientDescentIfOnlyTheFirstIsUsed) {
  Tiny plain, closures;
  closures.use_closures();

  plain.train();
  closures.train();

  EXPECT_EQ(weights_apart(plain, closures), 0);
}

TEST(Closures, DoNotGoWithAccumulation) {
  Tiny tiny;
  tiny.use_closures();
  tiny.experiment.train.accumulate = 2;

  const std::vector<Problem> problems = problems_of([&] { tiny.train(); });

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].path, "train.accumulate");
}

// ---- Many passes.

TEST(Passes, AreGivenToMetricsThatNeedThemOnValidAndTest) {
  Tiny tiny;
  tiny.set_model({{"dropout", "0.3"}});
  tiny.add_metric("passes");
  tiny.experiment.predict = {.passes = 5, .dropout = true};

  const Outcome outcome = tiny.train();

  EXPECT_EQ(outcome.status, Status::finished) << outcome.message;
  EXPECT_THAT(tiny.recorder.values_of("valid/passes_count"), Each(5));
  EXPECT_THAT(tiny.recorder.values_of("valid/passes_spread"), Each(::testing::Gt(0)));
  EXPECT_THAT(tiny.recorder.values_of("test/passes_count"), ElementsAre(5));
  EXPECT_THAT(tiny.recorder.values_of("train/passes_count"), IsEmpty());
}

TEST(Passes, AreAllTheScoresWhereNothingDraws) {
  Tiny tiny;
  tiny.set_model({{"dropout", "0.3"}});
  tiny.add_metric("passes");
  tiny.experiment.predict = {.passes = 3, .dropout = false};

  tiny.train();

  EXPECT_THAT(tiny.recorder.values_of("valid/passes_distance"), Each(::testing::Lt(1e-6)));
  EXPECT_THAT(tiny.recorder.values_of("valid/passes_spread"), Each(::testing::Lt(1e-12)));
}

TEST(Passes, ChangeNoOtherNumber) {
  Tiny plain, many;
  for (Tiny* tiny : {&plain, &many}) tiny->set_model({{"dropout", "0.3"}});
  many.add_metric("passes");
  many.experiment.predict = {.passes = 5, .dropout = true};

  plain.train();
  many.train();

  EXPECT_EQ(plain.recorder.values_of("valid/loss"), many.recorder.values_of("valid/loss"));
  EXPECT_EQ(weights_apart(plain, many), 0);
}

TEST(Passes, OfManyAreMadeOfFewRowsAtATime) {
  Tiny tiny;
  tiny.add_metric("passes");
  tiny.experiment.predict = {.passes = std::int64_t{1} << 18, .dropout = true};

  EXPECT_EQ(engine::rows_at_once(tiny.experiment, tiny.prepared.facts), 8);  // of two scores: 2^22 numbers
}

}  // namespace
}  // namespace assay::testing
