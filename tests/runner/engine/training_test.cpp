#include <algorithm>
#include <limits>

#include <gmock/gmock.h>

#include "tests/runner/engine/tiny.h"

namespace assay::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::DoubleEq;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;
using Status = Outcome::Status;
using Unit = Duration::Unit;

std::vector<Row> rows_of(const FakeRecorder& recorder, std::string_view split) {
  std::vector<Row> out;
  for (const Row& row : recorder.rows) {
    if (row.scalars.front().name.starts_with(split)) out.push_back(row);
  }
  return out;
}

double metric(const Outcome& outcome, std::string_view name) {
  for (const Scalar& scalar : outcome.metrics) {
    if (scalar.name == name) return scalar.value;
  }
  return std::numeric_limits<double>::quiet_NaN();
}

// ---- Learning and repeating.

TEST(Training, LearnsWhatALinearModelCannot) {
  Tiny tiny;
  tiny.experiment.train.until = until(30, Unit::epochs);

  const Outcome outcome = tiny.train();

  EXPECT_EQ(outcome.status, Status::finished) << outcome.message;
  EXPECT_GT(metric(outcome, "test/hits"), 0.95);
  EXPECT_EQ(outcome.step, 30 * 13);
  EXPECT_EQ(outcome.epoch, 30);
  EXPECT_THAT(tiny.recorder.outcomes, SizeIs(1));
}

TEST(Training, OfTheSameSeedGivesTheSameRowsAndWeightsBitForBit) {
  Tiny first, second;
  first.set_model({{"dropout", "0.3"}});
  second.set_model({{"dropout", "0.3"}});

  first.train();
  second.train();

  EXPECT_EQ(first.recorder.rows, second.recorder.rows);
  EXPECT_EQ(first.recorder.checkpoints.back().arrays, second.recorder.checkpoints.back().arrays);
}

TEST(Training, OfAnotherSeedGivesOtherWeights) {
  Tiny first, second;
  second.experiment.seed = 8;

  first.train();
  second.train();

  EXPECT_NE(first.recorder.weights(), second.recorder.weights());
}

TEST(Training, DrawsTheSameDropoutWhateverTheNumberOfThreads) {
  Tiny first, second;
  first.set_model({{"dropout", "0.3"}});
  second.set_model({{"dropout", "0.3"}});
  second.experiment.threads.count = 2;

  first.train();
  second.train();

  EXPECT_EQ(first.recorder.weights(), second.recorder.weights());
}

TEST(Training, DrawsNewDropoutMasksInEveryEpoch) {
  Tiny tiny;
  tiny.set_model({{"dropout", "0.5"}});
  tiny.set_optimizer({{"lr", "0"}});
  tiny.experiment.train.shuffle = false;
  tiny.experiment.train.batch_size = 200;
  tiny.experiment.train.log_every = {1, Unit::epochs};

  tiny.train();

  std::vector<double> losses = tiny.recorder.values_of("train/loss");
  ASSERT_THAT(losses, SizeIs(4));
  std::sort(losses.begin(), losses.end());
  EXPECT_EQ(std::unique(losses.begin(), losses.end()), losses.end());
}

TEST(Training, GoesThroughRowsInANewOrderEveryEpochUnlessToldNotTo) {
  const auto losses = [](bool shuffles) {
    Tiny tiny;
    tiny.use_values({1, 2, 4, 8, 16, 32, 64, 128}, 8);
    tiny.set_loss("mean_input");
    tiny.experiment.train.batch_size = 1;
    tiny.experiment.train.shuffle = shuffles;
    tiny.experiment.train.log_every = {1, Unit::steps};
    tiny.experiment.train.until = until(2, Unit::epochs);
    tiny.train();
    return tiny.recorder.values_of("train/loss");
  };

  EXPECT_THAT(losses(false), ElementsAre(1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128));
  const std::vector<double> shuffled = losses(true);
  const std::vector<double> first(shuffled.begin(), shuffled.begin() + 8),
      second(shuffled.begin() + 8, shuffled.end());
  EXPECT_NE(first, second);
  EXPECT_TRUE(std::is_permutation(first.begin(), first.end(), second.begin()));
}

// ---- Evaluation.

TEST(Evaluation, DoesNotDisturbTraining) {
  Tiny with, without;
  for (Tiny* tiny : {&with, &without}) {
    tiny->set_model({{"dropout", "0.3"}});
    tiny->experiment.train.log_every = {5, Unit::steps};
  }
  with.experiment.evaluate.every = {3, Unit::steps};
  without.prepared.rows.valid.clear();

  with.train();
  without.train();

  EXPECT_EQ(rows_of(with.recorder, "train/"), rows_of(without.recorder, "train/"));
  EXPECT_EQ(with.recorder.weights(), without.recorder.weights());
  EXPECT_THAT(rows_of(without.recorder, "valid/"), IsEmpty());
}

TEST(Evaluation, WeighsAPartialBatchByItsRows) {
  for (const std::int64_t batch_size : {1, 2, 3, 5, 100}) {
    Tiny tiny;
    tiny.use_values({0, 0, 1, 2, 4, 8, 16}, 2);
    tiny.set_loss("mean_input");
    tiny.experiment.evaluate.batch_size = batch_size;

    tiny.train();

    EXPECT_THAT(tiny.recorder.values_of("valid/loss"), Each(DoubleEq(31.0 / 5)))
        << "batches of " << batch_size;
  }
}

TEST(Training, WeighsAPartialBatchByItsRowsInTheLoggedMean) {
  Tiny tiny;
  tiny.use_values({1, 2, 4, 8, 16}, 5);
  tiny.set_loss("mean_input");
  tiny.experiment.train.batch_size = 2;
  tiny.experiment.train.log_every = {1, Unit::epochs};

  tiny.train();

  EXPECT_THAT(tiny.recorder.values_of("train/loss"), AllOf(SizeIs(4), Each(DoubleEq(31.0 / 5))));
}

TEST(Training, LeavesTheLastPartialBatchOutIfAskedTo) {
  Tiny tiny;
  tiny.experiment.train.drop_last = true;
  tiny.experiment.train.until = until(1, Unit::epochs);

  EXPECT_EQ(tiny.train().step, 12);
}

TEST(Evaluation, HappensAtItsStepsAndAtTheEnd) {
  Tiny tiny;
  tiny.experiment.evaluate.every = {10, Unit::steps};
  tiny.experiment.train.until = until(25, Unit::steps);

  tiny.train();

  EXPECT_THAT(tiny.recorder.steps_of("valid/loss"), ElementsAre(10, 20, 25));
  EXPECT_THAT(tiny.recorder.steps_of("test/loss"), ElementsAre(25));
}

TEST(Evaluation, AtTheEndHappensOnce) {
  Tiny tiny;
  tiny.experiment.evaluate.every = {0, Unit::end};

  tiny.train();

  EXPECT_THAT(tiny.recorder.steps_of("valid/hits"), ElementsAre(52));
}

TEST(Evaluation, OnTestIsLeftOutIfAskedTo) {
  Tiny tiny;
  tiny.experiment.evaluate.test = "never";

  tiny.train();

  EXPECT_THAT(tiny.recorder.steps_of("test/loss"), IsEmpty());
}

// ---- How long, and what is logged when.

TEST(Training, EndsAtTheFirstOfItsBounds) {
  const auto steps = [](Durations until) {
    Tiny tiny;
    tiny.experiment.train.until = std::move(until);
    return tiny.train().step;
  };

  EXPECT_EQ(steps(until(2, Unit::epochs)), 26);
  EXPECT_EQ(steps(until(7, Unit::steps)), 7);
  EXPECT_EQ(steps(until(201, Unit::samples)), 14);
  EXPECT_EQ(steps({{{2, Unit::epochs}, {7, Unit::steps}}}), 7);
}

TEST(Training, LogsAtItsStepsAndWhatIsLeftAtTheEnd) {
  Tiny tiny;
  tiny.experiment.train.log_every = {3, Unit::steps};
  tiny.experiment.train.until = until(8, Unit::steps);

  tiny.train();

  EXPECT_THAT(tiny.recorder.steps_of("train/loss"), ElementsAre(3, 6, 8));
  EXPECT_THAT(tiny.recorder.steps_of("train/hits"), ElementsAre(3, 6, 8));
  EXPECT_THAT(tiny.recorder.values_of("train/lr"),
              ElementsAre(DoubleEq(0.5 * (1 - 1.0 / 8)), DoubleEq(0.5 * (1 - 2.5 / 8)),
                          DoubleEq(0.5 * (1 - 3.5 / 8))));
}

TEST(Training, TellsItsListenerInTheOrderOfEvents) {
  Tiny tiny;
  tiny.experiment.train.batch_size = 100;
  tiny.experiment.train.until = until(1, Unit::epochs);
  tiny.experiment.checkpoint.keep_best = "valid/loss";

  tiny.train();

  EXPECT_THAT(tiny.listener.names,
              ElementsAre("RunStarted", "EpochStarted", "StepDone", "StepDone", "Evaluated", "EpochDone",
                          "CheckpointSaved", "Evaluated", "RunDone"));
  EXPECT_EQ(tiny.recorder.events_of<RunDone>().at(0).why, "1 epoch");
}

TEST(Training, OfOneBatchOfEachPhaseIsFast) {
  Tiny tiny;
  tiny.is_fast = true;
  tiny.experiment.checkpoint.keep_best = "valid/hits";

  const Outcome outcome = tiny.train();

  EXPECT_EQ(outcome.status, Status::finished) << outcome.message;
  EXPECT_EQ(outcome.step, 1);
  EXPECT_THAT(tiny.recorder.steps_of("valid/loss"), ElementsAre(1));
  EXPECT_THAT(tiny.recorder.steps_of("test/loss"), ElementsAre(1));
}

TEST(Training, StopsBetweenStepsWhenAskedToAndCanGoOnFromItsCheckpoint) {
  Tiny tiny;
  tiny.listener.then = [&](const Event& event) {
    const auto* done = std::get_if<StepDone>(&event);
    if (done != nullptr && done->step == 5) tiny.stop = true;
  };

  const Outcome outcome = tiny.train();

  EXPECT_EQ(outcome.status, Status::stopped);
  EXPECT_EQ(outcome.message, "stopped at step 5");
  ASSERT_THAT(tiny.recorder.checkpoints, SizeIs(1));
  EXPECT_EQ(tiny.recorder.checkpoints[0].info.step, 5);
  EXPECT_THAT(tiny.recorder.rows, IsEmpty()) << "an uninterrupted run would not have logged here";
}

// ---- What is kept.

TEST(KeepBest, FollowsTheMetricsDirectionAndKeepsTheEarlierOfEquals) {
  Tiny tiny;
  tiny.add_metric("script", {{"values", "[0.5, 0.9, 0.9, 0.2]"}});
  tiny.experiment.checkpoint.keep_best = "valid/script";

  const Outcome outcome = tiny.train();

  EXPECT_EQ(outcome.status, Status::finished) << outcome.message;
  EXPECT_EQ(metric(outcome, "best/valid/script"), 0.9);
  EXPECT_EQ(metric(outcome, "best/step"), 26);
  std::vector<std::int64_t> kept;
  for (const KeptCheckpoint& one : tiny.recorder.checkpoints) {
    if (one.info.is_best) kept.push_back(one.info.step);
  }
  EXPECT_THAT(kept, ElementsAre(13, 26));
}

TEST(KeepBest, OfALossWantsItLow) {
  Tiny tiny;
  tiny.experiment.checkpoint.keep_best = "valid/loss";

  const Outcome outcome = tiny.train();

  const std::vector<double> losses = tiny.recorder.values_of("valid/loss");
  EXPECT_EQ(metric(outcome, "best/valid/loss"), *std::min_element(losses.begin(), losses.end()));
}

TEST(KeepBest, TestsWithTheBestWeightsAndSavesTheLast) {
  Tiny best, stopped;
  best.add_metric("script", {{"values", "[0.5, 0.9, 0.1, 0.2]"}});
  best.experiment.checkpoint.keep_best = "valid/script";
  stopped.add_observer("asker", {{"at", "26"}, {"kind", "stop"}});

  best.train();
  stopped.train();

  EXPECT_EQ(best.recorder.weights(/*best=*/true), stopped.recorder.weights());
  EXPECT_NE(best.recorder.weights(), stopped.recorder.weights());
  EXPECT_THAT(best.recorder.steps_of("test/loss"), ElementsAre(26));
  EXPECT_EQ(best.recorder.values_of("test/loss"), stopped.recorder.values_of("test/loss"));
}

TEST(KeepBest, LastTestsWithTheLastWeights) {
  Tiny tiny;
  tiny.add_metric("script", {{"values", "[0.5, 0.9, 0.1, 0.2]"}});
  tiny.experiment.checkpoint.keep_best = "valid/script";
  tiny.experiment.evaluate.test = "last";

  tiny.train();

  EXPECT_THAT(tiny.recorder.steps_of("test/loss"), ElementsAre(52));
}

TEST(KeepBest, RefusesAMetricThatNothingGives) {
  Tiny tiny;
  tiny.experiment.checkpoint.keep_best = "valid/hit";

  try {
    tiny.train();
    FAIL() << "it trained";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Kind::config);
    EXPECT_THAT(error.what(), AllOf(HasSubstr("checkpoint.keep_best is valid/hit, which no metric gives"),
                                    HasSubstr("did you mean 'valid/hits'?")));
  }
  EXPECT_EQ(tiny.recorder.outcomes.at(0).status, Status::failed);
}

TEST(KeepBest, WithoutRowsToJudgeOnIsAnError) {
  Tiny tiny;
  tiny.prepared.rows.valid.clear();
  tiny.experiment.checkpoint.keep_best = "valid/loss";

  EXPECT_THROW(tiny.train(), Error);
}

TEST(Checkpoint, HoldsEverythingThatARunNeedsToGoOn) {
  Tiny tiny;
  tiny.experiment.checkpoint.keep_best = "valid/loss";

  tiny.train();

  std::vector<std::string> names;
  for (const auto& [name, bytes] : tiny.recorder.checkpoints.back().arrays) names.push_back(name);
  for (const char* name : {"model/w1", "model/b1", "model/w2", "model/steps", "optimizer/steps",
                           "interval/loss/sum", "interval/metrics/0/seen", "position/step", "position/epoch",
                           "position/batch_in_epoch", "position/samples", "loop/factor", "loop/evaluated_at",
                           "loop/wants_evaluation", "end/why", "best/metric", "best/step", "best/value"}) {
    EXPECT_THAT(names, Contains(name));
  }
}

TEST(Checkpoint, AtTheEndIsOneAlsoIfItIsTheBest) {
  Tiny tiny;
  tiny.add_metric("script", {{"values", "[0.1, 0.2, 0.3, 0.4]"}});
  tiny.experiment.checkpoint.keep_best = "valid/script";

  tiny.train();

  ASSERT_THAT(tiny.recorder.checkpoints, SizeIs(4));
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_TRUE(tiny.recorder.checkpoints[i].info.is_best);
    EXPECT_EQ(tiny.recorder.checkpoints[i].info.is_final, i == 3);
  }
}

TEST(Checkpoint, IsTakenAsOftenAsAskedForAndChangesNothing) {
  Tiny often, never;
  often.experiment.checkpoint.every = {20, Unit::steps};
  never.experiment.checkpoint.every = {0, Unit::end};

  often.train();
  never.train();

  std::vector<std::int64_t> steps;
  for (const KeptCheckpoint& one : often.recorder.checkpoints) steps.push_back(one.info.step);
  EXPECT_THAT(steps, ElementsAre(20, 40, 52));
  EXPECT_THAT(never.recorder.checkpoints, SizeIs(1));
  EXPECT_EQ(often.recorder.rows, never.recorder.rows);
  EXPECT_EQ(often.recorder.checkpoints.back().arrays, never.recorder.checkpoints.back().arrays);
}

TEST(Checkpoint, IsNotTakenOfARunThatDiverged) {
  Tiny tiny;
  tiny.set_optimizer({{"lr", "1e38"}});
  tiny.experiment.train.log_every = {10, Unit::steps};
  tiny.experiment.checkpoint.every = {1, Unit::steps};

  tiny.train();

  for (const KeptCheckpoint& one : tiny.recorder.checkpoints) EXPECT_LT(one.info.step, 5);
}

class SettlesLast : public FakeRecorder {
 public:
  void settle() override { settled_after = checkpoints.size(); }
  std::size_t settled_after = 0;
};

TEST(Checkpoint, OfTheEndIsOnDiskBeforeTheRunIsDone) {
  Tiny tiny;
  SettlesLast recorder;

  tiny.train(recorder);

  EXPECT_EQ(recorder.settled_after, recorder.checkpoints.size());
}

// ---- What goes wrong.

TEST(Failure, OfADivergedRunIsSaidAtItsStep) {
  Tiny tiny;
  tiny.set_optimizer({{"lr", "1e38"}});
  tiny.experiment.train.log_every = {10, Unit::steps};

  const Outcome outcome = tiny.train();

  EXPECT_EQ(outcome.status, Status::failed);
  EXPECT_THAT(outcome.message, AllOf(StartsWith("diverged: train/loss is "), HasSubstr(" at step 3"),
                                     HasSubstr("hint: a lower optimizer.lr")));
  EXPECT_EQ(outcome.step, 3);
  EXPECT_THAT(tiny.recorder.events_of<RunFailed>(), SizeIs(1));
  const Json& failure = *tiny.recorder.notes.find("failure");
  EXPECT_EQ(failure.find("kind")->text(), "run");
  EXPECT_EQ(failure.find("step")->integer(), 3);
  EXPECT_THAT(failure.find("message")->text(), StartsWith("diverged"));
  EXPECT_THAT(failure.find("place")->text(), StartsWith("step 3, "));
  EXPECT_THAT(failure.find("hint")->text(), HasSubstr("optimizer.lr"));
  EXPECT_THAT(failure.find("rows")->items(), SizeIs(16));
}

TEST(Failure, OfWeightsThatTheLastStepBrokeIsSaidAsWell) {
  Tiny tiny;
  tiny.set_loss("steep");
  tiny.set_optimizer({{"lr", "1e30"}});
  tiny.experiment.train.until = until(1, Unit::steps);
  tiny.prepared.rows.valid.clear();
  tiny.prepared.rows.test.clear();

  const Outcome outcome = tiny.train();

  EXPECT_EQ(outcome.status, Status::failed);
  EXPECT_THAT(outcome.message, StartsWith("diverged: weight "));
}

TEST(Failure, InAModelSaysWhatWasDoneToWhat) {
  Tiny tiny;
  tiny.set_model({{"mistake", "shape"}});

  const Outcome outcome = tiny.train();

  EXPECT_EQ(outcome.status, Status::failed);
  EXPECT_THAT(
      outcome.message,
      StartsWith("step 1, forward of model/net, x [16, 2]: mat1 and mat2 shapes cannot be multiplied"));
  EXPECT_THAT(outcome.message, Not(HasSubstr("frame #")));
}

TEST(Failure, OfMemoryNamesTheKeyThatHelps) {
  Tiny tiny;
  tiny.set_model({{"mistake", "memory"}});

  EXPECT_THAT(tiny.train().message,
              AllOf(HasSubstr("out of memory"), HasSubstr("hint: a smaller train.batch_size")));
}

TEST(Failure, OfAnObserverEndsTheRunWithItsName) {
  Tiny tiny;
  tiny.add_observer("thrower");

  const Outcome outcome = tiny.train();

  EXPECT_EQ(outcome.status, Status::failed);
  EXPECT_EQ(outcome.message, "observer thrower: the dog ate it");
}

class FullDisk : public FakeRecorder {
 public:
  std::string checkpoint(const CheckpointInfo&, const State&) override {
    throw Error(Kind::store, "the disk is full");
  }
};

TEST(Failure, OfTheRecordIsThrownOn) {
  Tiny tiny;
  FullDisk recorder;

  try {
    tiny.train(recorder);
    FAIL() << "it trained";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Kind::store);
  }
  EXPECT_EQ(recorder.outcomes.at(0).message, "the disk is full");
}

class LateFailure : public FakeRecorder {
 public:
  void finish(const Outcome& outcome) override {
    FakeRecorder::finish(outcome);
    throw Error(Kind::store, "the disk is full");
  }
};

TEST(Failure, ToFinishTheRecordIsThrownOnAndNotTriedAgain) {
  Tiny tiny;
  LateFailure recorder;

  EXPECT_THROW(tiny.train(recorder), Error);

  EXPECT_THAT(recorder.outcomes, SizeIs(1));
}

TEST(Failure, OfAMissingDeviceIsThrownOn) {
  Tiny tiny;
  tiny.experiment.device = "cuda:99";

  try {
    tiny.train();
    FAIL() << "it trained";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Kind::device);
    EXPECT_THAT(error.what(), HasSubstr("device cuda:99 is not available"));
  }
}

TEST(Failure, OfAShapeFunctionThatDoesNotTellTheTruthIsOurs) {
  Tiny tiny;
  tiny.prepared.tensors = {{"w1", {16, 3}, Dtype::f32, false}};

  try {
    tiny.train();
    FAIL() << "it trained";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Kind::internal);
    EXPECT_THAT(error.what(),
                HasSubstr("w1 is parameter [16, 2] f32, but its shape function says parameter [16, 3] f32"));
  }
}

TEST(Failure, OfABatchLargerThanTheDataSaysSo) {
  Tiny tiny;
  tiny.experiment.train.drop_last = true;
  tiny.experiment.train.batch_size = 500;

  try {
    tiny.train();
    FAIL() << "it trained";
  } catch (const Error& error) {
    EXPECT_THAT(
        error.what(),
        HasSubstr(
            "train.drop_last leaves no batch: train.batch_size is 500, the training split has 200 rows"));
  }
}

// ---- Observers.

TEST(Observer, MayAskForAnEvaluation) {
  Tiny tiny;
  tiny.experiment.evaluate.every = {0, Unit::end};
  tiny.add_observer("asker", {{"at", "4"}, {"kind", "evaluate"}});

  tiny.train();

  EXPECT_THAT(tiny.recorder.steps_of("valid/loss"), ElementsAre(4, 52));
}

TEST(Observer, MayAskForACheckpoint) {
  Tiny tiny;
  tiny.add_observer("asker", {{"at", "4"}, {"kind", "save"}});

  tiny.train();

  ASSERT_THAT(tiny.recorder.checkpoints, SizeIs(2));
  EXPECT_EQ(tiny.recorder.checkpoints[0].info.step, 4);
}

TEST(Observer, IsAnsweredByTheRunThatGoesOnWhatItAskedForBefore) {
  const auto tiny_that_asks = [] {
    auto tiny = std::make_unique<Tiny>();
    tiny->experiment.evaluate.every = {0, Unit::end};
    tiny->experiment.checkpoint.every = {4, Unit::steps};
    tiny->experiment.train.until = until(7, Unit::steps);
    tiny->add_observer("asker", {{"at", "4"}, {"kind", "evaluate"}});
    tiny->add_observer("asker", {{"at", "4"}, {"kind", "evaluate"}, {"event", "evaluated"}});
    return tiny;
  };
  const auto whole = tiny_that_asks(), rest = tiny_that_asks();
  whole->train();
  ASSERT_THAT(whole->recorder.steps_of("valid/loss"), ElementsAre(4, 5, 7));
  ResumePoint point;
  point.state = whole->recorder.checkpoints.at(0).state;
  rest->resume = &point;

  rest->train();

  EXPECT_THAT(rest->recorder.steps_of("valid/loss"), ElementsAre(5, 7));
  EXPECT_EQ(rest->recorder.weights(), whole->recorder.weights());
}

TEST(Observer, IsNotHeardInAnswerToACheckpoint) {
  Tiny tiny;
  tiny.experiment.checkpoint.every = {4, Unit::steps};
  tiny.add_observer("asker", {{"at", "4"}, {"kind", "stop"}, {"event", "saved"}});

  EXPECT_EQ(tiny.train().step, 52);
}

TEST(Observer, MayStopTheRunWhichIsThenFinished) {
  Tiny tiny;
  tiny.add_observer("asker", {{"at", "4"}, {"kind", "stop"}});

  const Outcome outcome = tiny.train();

  EXPECT_EQ(outcome.status, Status::finished);
  EXPECT_EQ(outcome.step, 4);
  EXPECT_EQ(tiny.recorder.events_of<RunDone>().at(0).why, "asked to");
  EXPECT_THAT(tiny.recorder.steps_of("train/loss"), ElementsAre(4));
  EXPECT_THAT(tiny.recorder.steps_of("test/loss"), ElementsAre(4));
}

TEST(Observer, IsRefusedARollback) {
  Tiny tiny;
  tiny.add_observer("asker", {{"at", "4"}, {"kind", "rollback"}});

  EXPECT_THAT(tiny.train().message,
              StartsWith("observer asker asks to roll back to step 1, which this version cannot do"));
}

TEST(Observer, IsCalledInItsPhaseWhateverItsPlaceInTheConfig) {
  Tiny tiny;
  tiny.add_observer("teller", {{"phase", "record"}});
  tiny.add_observer("teller", {{"phase", "measure"}});
  tiny.add_observer("teller", {{"phase", "decide"}});

  tiny.train();

  std::vector<std::string> phases;
  for (const auto& [key, value] : tiny.recorder.notes.entries()) {
    if (key == "measure" || key == "decide" || key == "record") phases.push_back(key);
  }
  EXPECT_THAT(phases, ElementsAre("measure", "decide", "record"));
}

TEST(Engine, NotesWhatItRanOn) {
  Tiny tiny;

  tiny.train();

  EXPECT_EQ(tiny.recorder.notes.find("device")->text(), "cpu");
  EXPECT_EQ(tiny.recorder.notes.find("threads")->integer(), 1);
  EXPECT_EQ(tiny.recorder.notes.find("parameters")->integer(), 16 * 2 + 16 + 2 * 16);
  EXPECT_THAT(tiny.recorder.notes.find("libtorch")->text(), StartsWith("2."));
}

}  // namespace
}  // namespace assay::testing
