#include "runner/engine/pace.h"

#include <vector>

#include <gmock/gmock.h>

#include "tests/support/files.h"

namespace assay::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::problems_of;
using ::testing::SizeIs;
using Unit = Duration::Unit;

constexpr Pace ten_rows_by_four{10, 4, false};

std::vector<std::int64_t> due_steps(Recurrence recurrence, std::int64_t last) {
  std::vector<std::int64_t> out;
  for (std::int64_t step = 1; step <= last; ++step) {
    if (recurrence.is_due(step, 0)) out.push_back(step);
  }
  return out;
}

TEST(Pace, CountsTheLastPartialBatchUnlessItIsDropped) {
  EXPECT_EQ(ten_rows_by_four.steps_per_epoch(), 3);
  EXPECT_EQ((Pace{10, 4, true}.steps_per_epoch()), 2);
  EXPECT_EQ((Pace{10, 4, true}.samples_per_epoch()), 8);
}

TEST(Pace, FindsTheStepThatReachesANumberOfSamples) {
  EXPECT_EQ(ten_rows_by_four.steps_for_samples(4), 1);
  EXPECT_EQ(ten_rows_by_four.steps_for_samples(5), 2);
  EXPECT_EQ(ten_rows_by_four.steps_for_samples(10), 3);
  EXPECT_EQ(ten_rows_by_four.steps_for_samples(25), 8);
}

TEST(Bounds, TakeTheFirstOfSeveralThatComes) {
  const Bounds bounds = bounds_of(
      {{{2, Unit::epochs}, {5, Unit::steps}, {90, Unit::seconds}, {60, Unit::seconds}}}, ten_rows_by_four);

  EXPECT_EQ(bounds.steps, 5);
  EXPECT_EQ(bounds.steps_text, "5 steps");
  EXPECT_EQ(bounds.seconds, 60);
}

TEST(Bounds, RoundPartsOfAnEpochUpToWholeSteps) {
  EXPECT_EQ(bounds_of({{{0.1, Unit::epochs}}}, Pace{30, 1, false}).steps, 3);
  EXPECT_EQ(bounds_of({{{0.5, Unit::epochs}}}, ten_rows_by_four).steps, 2);
}

TEST(Bounds, RefuseWhatBoundsNothing) {
  const auto problems = problems_of([] { bounds_of({{{5, Unit::percent}}}, ten_rows_by_four); });

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].path, "train.until");
  EXPECT_EQ(problems[0].message, "is 5%, which is no bound");
}

TEST(Recurrence, FallsOnTheSameStepsInEveryUnit) {
  EXPECT_THAT(due_steps(Recurrence({3, Unit::steps}, "", ten_rows_by_four, 0), 10), ElementsAre(3, 6, 9));
  EXPECT_THAT(due_steps(Recurrence({1, Unit::epochs}, "", ten_rows_by_four, 0), 10), ElementsAre(3, 6, 9));
  EXPECT_THAT(due_steps(Recurrence({10, Unit::samples}, "", ten_rows_by_four, 0), 10), ElementsAre(3, 6, 9));
  EXPECT_THAT(due_steps(Recurrence({30, Unit::percent}, "", ten_rows_by_four, 10), 10), ElementsAre(3, 6, 9));
}

TEST(Recurrence, OfPartsOfAStepIsDueAtEveryStep) {
  EXPECT_THAT(due_steps(Recurrence({0.001, Unit::steps}, "", ten_rows_by_four, 0), 3), ElementsAre(1, 2, 3));
}

TEST(Recurrence, KeepsUnevenRhythmsWithoutDrift) {
  EXPECT_THAT(due_steps(Recurrence({2.5, Unit::steps}, "", ten_rows_by_four, 0), 10),
              ElementsAre(3, 5, 8, 10));
}

TEST(Recurrence, AtTheEndIsNeverDueBefore) {
  EXPECT_THAT(due_steps(Recurrence({0, Unit::end}, "", ten_rows_by_four, 0), 100), ElementsAre());
}

TEST(Recurrence, GoesOnWhereAnotherProcessStopped) {
  Recurrence recurrence({3, Unit::steps}, "", ten_rows_by_four, 0);
  recurrence.go_on_after(4, 0);

  EXPECT_FALSE(recurrence.is_due(5, 0));
  EXPECT_TRUE(recurrence.is_due(6, 0));
}

TEST(Recurrence, OfTimeIsDueOncePerInterval) {
  Recurrence recurrence({10, Unit::seconds}, "", ten_rows_by_four, 0);

  EXPECT_FALSE(recurrence.is_due(1, 9.9));
  EXPECT_TRUE(recurrence.is_due(2, 35));
  EXPECT_FALSE(recurrence.is_due(3, 39));
  EXPECT_TRUE(recurrence.is_due(4, 40));
}

TEST(Recurrence, RefusesAShareOfARunThatTimeBounds) {
  const auto problems = problems_of([] {
    Recurrence({5, Unit::percent}, "evaluate.every", ten_rows_by_four, 0);
  });

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].path, "evaluate.every");
  EXPECT_THAT(problems[0].message, HasSubstr("time alone bounds"));
}

}  // namespace
}  // namespace assay::engine
