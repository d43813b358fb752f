// Runs that diverge: going back, and what is left of those that fail.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include <gmock/gmock.h>

#include "tests/runner/engine/tiny.h"

namespace assay::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;
using Status = Outcome::Status;
using Unit = Duration::Unit;

/// The batch of rows 96 to 111, which is that of step 7, holds a number that is none.
void break_step_7(Tiny& tiny) {
  tiny.experiment.train.shuffle = false;
  tiny.prepared.inputs[0].as<float>()[2 * 100] = std::numeric_limits<float>::quiet_NaN();
}

void roll_back(Tiny& tiny, Duration every = {4, Unit::steps}) {
  tiny.experiment.train.on_divergence = "rollback";
  tiny.experiment.train.rollback.every = every;
  tiny.experiment.train.until = until(1, Unit::epochs);
  tiny.experiment.train.log_every = {1, Unit::steps};
}

TEST(Rollback, GoesBackToTheRestorePointAndPassesOverTheBatch) {
  Tiny tiny;
  break_step_7(tiny);
  roll_back(tiny);

  const Outcome outcome = tiny.train();

  EXPECT_EQ(outcome.status, Status::finished) << outcome.message;
  EXPECT_EQ(outcome.step, 13);
  const auto events = tiny.recorder.events_of<RolledBack>();
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0].step, 4);
  EXPECT_THAT(events[0].why, StartsWith("diverged: train/loss is "));
  EXPECT_THAT(events[0].why, HasSubstr(" at step 7; its batch is passed over"));
  std::vector<std::int64_t> steps;
  for (const Row& row : tiny.recorder.rows) {
    if (row.scalars.front().name == "train/loss") steps.push_back(row.step);
  }
  EXPECT_THAT(steps, ElementsAre(1, 2, 3, 4, 5, 6, 5, 6, 8, 9, 10, 11, 12, 13));
}

TEST(Rollback, DoesTheStepsBetweenAgainBitForBit) {
  Tiny tiny;
  tiny.set_model({{"dropout", "0.3"}});
  break_step_7(tiny);
  roll_back(tiny);

  tiny.train();

  const auto losses = tiny.recorder.values_of("train/loss");
  EXPECT_EQ(losses.at(4), losses.at(6));  // step 5
  EXPECT_EQ(losses.at(5), losses.at(7));  // step 6
}

TEST(Rollback, LowersTheRateEachTime) {
  Tiny tiny;
  break_step_7(tiny);
  roll_back(tiny);
  tiny.experiment.train.rollback.lr_factor = 0.5;

  tiny.train();

  const auto rates = tiny.recorder.values_of("train/lr");
  EXPECT_EQ(rates.at(6), rates.at(4) / 2);  // step 5, done again
}

TEST(Rollback, HappensSoManyTimesAndThenTheRunFails) {
  Tiny tiny;  // every step breaks the weights
  tiny.set_optimizer({{"lr", "1e38"}});
  roll_back(tiny);
  tiny.experiment.train.rollback.limit = 2;

  const Outcome outcome = tiny.train();

  EXPECT_EQ(outcome.status, Status::failed);
  EXPECT_THAT(tiny.recorder.events_of<RolledBack>(), SizeIs(2));
  EXPECT_THAT(outcome.message, StartsWith("diverged: "));
}

TEST(Rollback, SeesGradientsThatAreNoNumbers) {
  Tiny tiny;
  tiny.set_loss("steep");
  tiny.prepared.inputs[0].as<float>()[2 * 100] = 1e30F;  // times 1e20: a gradient that overflows
  tiny.experiment.train.shuffle = false;
  roll_back(tiny);
  tiny.set_optimizer({{"lr", "1e-30"}});

  tiny.train();

  EXPECT_THAT(tiny.recorder.events_of<RolledBack>(), Not(IsEmpty()));
}

TEST(Rollback, ChangesNothingInARunThatDoesNotDiverge) {
  Tiny plain, careful;
  careful.experiment.train.on_divergence = "rollback";

  plain.train();
  careful.train();

  EXPECT_EQ(plain.recorder.rows, careful.recorder.rows);
}

/// Supersedes rows as a record does, and keeps with each checkpoint what was logged last.
class Superseding : public FakeRecorder {
 public:
  void event(const Event& event) override {
    FakeRecorder::event(event);
    if (const auto* back = std::get_if<RolledBack>(&event)) {
      std::erase_if(rows, [&](const Row& row) { return row.step > back->step; });
    }
  }
  std::string checkpoint(const CheckpointInfo& info, const State& state) override {
    std::vector<Scalar> latest;
    for (const Row& row : rows) {
      for (const Scalar& scalar : row.scalars) {
        const auto known = std::ranges::find(latest, scalar.name, &Scalar::name);
        if (known == latest.end()) {
          latest.push_back(scalar);
        } else {
          known->value = scalar.value;
        }
      }
    }
    latest_at.push_back(std::move(latest));
    return FakeRecorder::checkpoint(info, state);
  }
  std::vector<std::vector<Scalar>> latest_at;
};

TEST(Rollback, OfARunThatGoesOnFromAnyStepIsThatOfTheUninterrupted) {
  const auto prepare = [](Tiny& tiny) {
    tiny.set_model({{"dropout", "0.3"}});
    break_step_7(tiny);
    roll_back(tiny);
    tiny.experiment.train.rollback.lr_factor = 0.5;
    tiny.experiment.train.log_every = {3, Unit::steps};
    tiny.experiment.evaluate.every = {2, Unit::steps};
    tiny.experiment.checkpoint.every = {1, Unit::steps};
    tiny.experiment.checkpoint.keep_best = "valid/loss";
  };
  Tiny whole;
  prepare(whole);
  Superseding record;
  const Outcome outcome = whole.train(record);
  ASSERT_EQ(outcome.status, Status::finished) << outcome.message;

  State best;
  for (std::size_t i = 0; i < record.checkpoints.size(); ++i) {
    const KeptCheckpoint& from = record.checkpoints[i];
    SCOPED_TRACE(from.info.step);
    if (from.info.is_best) best = from.state;
    ResumePoint point;
    point.state = from.state;
    point.best = best;
    point.latest = record.latest_at[i];
    Tiny rest;
    prepare(rest);
    rest.resume = &point;

    const Outcome resumed = rest.train();

    EXPECT_EQ(resumed.step, outcome.step);
    EXPECT_TRUE(rest.recorder.checkpoints.back().arrays == record.checkpoints.back().arrays);
    EXPECT_EQ(rest.recorder.rows.back(), record.rows.back());
  }
}

// ---- What is left of a run that fails.

class Keeps : public FakeRecorder {
 public:
  void keep(std::string_view name, const State& state) override {
    EXPECT_EQ(name, "diverged");
    for (const StateEntry& entry : state) {
      auto copy = std::make_shared<const Array>(Array::copy_of(entry.view));
      bundle.push_back({entry.name, copy->view(), copy});
    }
  }
  State bundle;
};

TEST(Bundle, HoldsTheStateBeforeTheStepItsRowsAndItsGradients) {
  Tiny tiny;
  break_step_7(tiny);
  tiny.experiment.checkpoint.every = {1, Unit::steps};
  Keeps recorder;

  const Outcome outcome = tiny.train(recorder);

  EXPECT_EQ(outcome.status, Status::failed);
  EXPECT_EQ(outcome.step, 7);
  const StateReader in(recorder.bundle);
  EXPECT_EQ(in.integer("position/step"), 6);
  EXPECT_EQ(in.array("batch/rows").as<std::int64_t>()[0], 96);
  EXPECT_TRUE(std::isnan(in.array("gradients/w1").as<float>()[0]));
  const StateReader before(recorder.checkpoints.back().state);
  EXPECT_EQ(recorder.checkpoints.back().info.step, 6);
  EXPECT_EQ(std::memcmp(in.array("model/w1").data, before.array("model/w1").data, 16 * 2 * 4), 0);
}

/// What a traced run says of the step behind a bundle.
Json traced(void (*spoil)(Tiny&)) {
  Tiny tiny;
  spoil(tiny);
  Keeps recorder;
  tiny.train(recorder);
  ResumePoint point;
  point.state = std::move(recorder.bundle);
  point.is_fork = true;
  Tiny again;
  spoil(again);
  again.resume = &point;
  again.is_traced = true;
  again.train();
  return *again.recorder.notes.find("trace");
}

TEST(Trace, NamesTheInputThatHoldsTheNumber) {
  EXPECT_EQ(traced(break_step_7).find("where")->text(), "input x");
}

TEST(Trace, NamesTheWeightThatWasBrokenBefore) {
  const Json found = traced([](Tiny& tiny) {
    tiny.set_loss("steep");
    tiny.set_optimizer({{"lr", "1e30"}});
  });

  EXPECT_THAT(found.find("where")->text(), StartsWith("weight "));
}

TEST(Trace, NamesTheOperationAndTheParameterNextToIt) {
  const Json found = traced([](Tiny& tiny) { tiny.set_optimizer({{"lr", "1e38"}}); });

  EXPECT_THAT(found.find("where")->text(), StartsWith("aten::"));
  EXPECT_THAT(found.find("during")->text(), StartsWith("step 3, "));  // its forward pass or its loss
  EXPECT_THAT(found.find("parameter")->text(), HasSubstr("w"));
}

}  // namespace
}  // namespace assay::testing
