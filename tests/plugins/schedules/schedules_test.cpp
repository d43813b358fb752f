// What single schedules do beyond the suite of all schedules (tests/contracts/schedule_suite.h) and parity.
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/contracts/schedule.h"
#include "tests/contracts/bound.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

constexpr std::int64_t total = 8;

Schedule::Needs needs_of(std::int64_t total_steps) {
  return {.total_steps = total_steps, .steps_per_epoch = 4, .batch_size = 10, .parts = &shipped_parts()};
}

std::vector<double> factors(std::string_view config, std::int64_t total_steps = total) {
  const auto schedule = built<Schedule>(config, needs_of(total_steps));
  std::vector<double> out;
  for (std::int64_t step = 0; step < total; ++step) out.push_back(schedule->factor(step));
  return out;
}

/// The one problem of a schedule.
std::string problem_of(std::string_view config, const Schedule::Needs& needs) {
  const auto problems = problems_of([&] { built<Schedule>(config, needs); });
  return problems.size() == 1 ? to_string(problems[0]) : "not one problem";
}

TEST(Step, CountsFromTheStartOfTheRun) {
  EXPECT_THAT(factors(R"({"type": "step", "every": "1 epoch", "gamma": 0.5, "warmup": "1 step"})"),
              ElementsAre(0.5, 1, 1, 1, 0.5, 0.5, 0.5, 0.5));
}

TEST(Step, RefusesAFirstFallBehindTheEnd) {
  EXPECT_EQ(problem_of(R"({"type": "step", "every": "30 epochs"})", needs_of(total)),
            "error: schedule.every is 30 epochs (120 steps), but the whole run has 8 steps\n"
            "  hint: make it shorter or train longer");
}

TEST(MultiStep, RefusesAFallBehindTheEnd) {
  EXPECT_EQ(problem_of(R"({"type": "multi_step", "at": ["1 epoch", "2 epochs"]})", needs_of(total)),
            "error: schedule.at.1 is 2 epochs (8 steps), but the whole run has 8 steps\n"
            "  hint: make it shorter or train longer");
}

TEST(Cosine, WithAPeriodNeedsNoEnd) {
  EXPECT_THAT(factors(R"({"type": "cosine", "period": "2 steps", "period_factor": 2})", 0).front(), 1.0);
}

TEST(Cosine, APeriodFactorNeedsAPeriod) {
  EXPECT_THAT(problems_of([] { bound<Schedule>(R"({"type": "cosine", "period_factor": 2})"); }), SizeIs(1));
}

TEST(Wsd, WarmsUpStaysAndFalls) {
  EXPECT_THAT(factors(R"({"type": "wsd", "warmup": "1 step", "decay": "50%"})"),
              ElementsAre(0.5, 1, 1, 1, 1, 0.75, 0.5, 0.25));
}

TEST(Wsd, RefusesADecayThatDoesNotFit) {
  EXPECT_EQ(problem_of(R"({"type": "wsd", "warmup": "5 steps", "decay": "50%"})", needs_of(total)),
            "error: schedule.decay is 50% (4 steps), but after the 5 steps of the warm-up the run has 3\n"
            "  hint: shorten the warm-up or the decay");
}

TEST(InverseScaling, CountsSamplesAndChangesAfterEachEpoch) {
  Schedule::Needs needs = needs_of(total);
  needs.samples_per_epoch = 35;  // the last batch is half a batch
  const auto schedule = built<Schedule>(R"("inverse_scaling")", needs);
  EXPECT_EQ(schedule->factor(3), 1.0);
  EXPECT_NEAR(schedule->factor(4), 1.0 / 6, 1e-15);
}

TEST(ReduceOnPlateau, NeedsAnEvaluation) {
  Schedule::Needs needs = needs_of(total);
  needs.is_judged = false;
  EXPECT_EQ(problem_of(R"("reduce_on_plateau")", needs),
            "error: schedule is reduce_on_plateau, but no rows validate, so it would never see a loss\n"
            "  hint: give dataset.split a `valid`, or choose another schedule");
}

TEST(ReduceOnPlateau, FallsWhenPatienceIsAtItsEnd) {
  const auto schedule =
      built<Schedule>(R"({"type": "reduce_on_plateau", "patience": 1, "factor": 0.5})", needs_of(total));
  std::vector<double> seen;
  for (const double loss : {3.0, 2.0, 2.0, 2.0, 2.0}) {
    schedule->observe(loss);
    seen.push_back(schedule->factor(std::ssize(seen)));
  }
  EXPECT_THAT(seen, ElementsAre(1, 1, 1, 0.5, 0.5));
}

TEST(Chain, EachPartCountsFromItsOwnStart) {
  EXPECT_THAT(factors(R"({"type": "chain", "parts": [
                {"schedule": {"type": "constant", "factor": 0.5}, "for": "50%"},
                {"schedule": {"type": "polynomial", "warmup": "50%"}}]})"),
              ElementsAre(0.5, 0.5, 0.5, 0.5, 1.0 / 3, 2.0 / 3, 1, 0.5));
}

TEST(Chain, OnlyTheLastPartHasNoLength) {
  const auto problems = problems_of([] {
    bound<Schedule>(R"({"type": "chain", "parts": [{"schedule": "constant"}, {"schedule": "cosine"}]})");
  });
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(
      problems[0].message,
      ": it must hold that every part but the last says `for` how long it lasts, and the last does not");
}

TEST(Chain, RefusesAPartBehindTheEnd) {
  EXPECT_EQ(problems_of([] {
              built<Schedule>(R"({"type": "chain", "parts": [{"schedule": "constant", "for": "2 epochs"},
                                                             {"schedule": "cosine"}]})",
                              needs_of(total));
            })
                .at(0)
                .message,
            "begins at step 8, but the whole run has 8 steps");
}

TEST(Chain, AProblemOfAPartIsAtItsPlace) {
  const auto problems = problems_of([] {
    built<Schedule>(R"({"type": "chain", "parts": [
                      {"schedule": {"type": "constant", "warmup": "9 steps"}, "for": "1 epoch"},
                      {"schedule": "cosine"}]})",
                    needs_of(total));
  });
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].path, "schedule.parts.0.schedule.warmup");
  EXPECT_EQ(problems[0].message, "is 9 steps, but the whole run has 4 steps");
}

}  // namespace
}  // namespace assay::testing
