#include <gmock/gmock.h>

#include "runner/engine/training.h"
#include "tests/runner/engine/tiny.h"

namespace assay::engine {
namespace {

using ::testing::ElementsAre;
using Unit = Duration::Unit;

class FakeClock final : public Clock {
 public:
  std::int64_t wall_ns() const override { return 0; }
  double monotonic_s() const override { return seconds; }
  double seconds = 0;
};

// Every step takes a second, which passes while its StepDone is heard.
struct TimedRun {
  TimedRun() {
    tiny.listener.then = [this](const Event& event) {
      if (std::holds_alternative<StepDone>(event)) clock.seconds += 1;
    };
  }
  Outcome train() {
    const TrainJob job{tiny.experiment, tiny.prepared, tiny.parts, tiny.recorder, tiny.listener};
    return Training(job, clock).run();
  }
  testing::Tiny tiny;
  FakeClock clock;
};

TEST(Time, BoundsARun) {
  TimedRun timed;
  timed.tiny.experiment.train.until = testing::until(10, Unit::seconds);

  const Outcome outcome = timed.train();

  EXPECT_EQ(outcome.status, Outcome::Status::finished) << outcome.message;
  EXPECT_EQ(outcome.step, 10);
  EXPECT_EQ(outcome.seconds, 10);
  EXPECT_EQ(timed.tiny.recorder.events_of<RunDone>().at(0).why, "10 s");
  EXPECT_EQ(timed.tiny.recorder.events_of<RunStarted>().at(0).total_steps, 0);
}

TEST(Time, MayBeTheRhythmOfEvaluations) {
  TimedRun timed;
  timed.tiny.experiment.evaluate.every = {4, Unit::seconds};
  timed.tiny.experiment.train.until = testing::until(10, Unit::steps);

  timed.train();

  EXPECT_THAT(timed.tiny.recorder.steps_of("valid/loss"), ElementsAre(5, 9, 10));
}

}  // namespace
}  // namespace assay::engine
