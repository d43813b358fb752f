#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/text.h"
#include "registry/contracts/schedule.h"
#include "tests/contracts/bound.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

std::vector<double> factors(std::string_view config, const Schedule::Needs& needs, std::int64_t n) {
  const auto schedule = built<Schedule>(config, needs);
  std::vector<double> out;
  for (std::int64_t step = 0; step < n; ++step) out.push_back(schedule->factor(step));
  return out;
}

TEST(Constant, IsOneAllAlong) {
  EXPECT_THAT(factors(R"("constant")", {.total_steps = 3}, 3), ElementsAre(1.0, 1.0, 1.0));
}

TEST(Constant, WarmupRisesInEqualStepsAndNeverIsZero) {
  EXPECT_THAT(factors(R"({"type": "constant", "warmup": "3 steps"})", {.total_steps = 10}, 5),
              ElementsAre(0.25, 0.5, 0.75, 1.0, 1.0));
}

TEST(Constant, WarmupMayBeInEpochsSamplesAndPercent) {
  const Schedule::Needs needs{.total_steps = 100, .steps_per_epoch = 6, .batch_size = 4};
  for (const char* warmup : {"0.5 epochs", "12 samples", "3%"}) {
    EXPECT_THAT(factors(text(R"({"type": "constant", "warmup": ")", warmup, "\"}"), needs, 4),
                ElementsAre(0.25, 0.5, 0.75, 1.0))
        << warmup;
  }
}

TEST(Constant, NeedsNoEndUnlessWarmupIsAShareOfIt) {
  const Schedule::Needs by_time{.total_steps = 0};
  EXPECT_THAT(factors(R"({"type": "constant", "warmup": "1 step"})", by_time, 2), ElementsAre(0.5, 1.0));

  const auto problems =
      problems_of([&] { built<Schedule>(R"({"type": "constant", "warmup": "5%"})", by_time); });
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(to_string(problems[0]),
            "error: schedule.warmup is 5%, but the run is bounded by time only\n"
            "  hint: write it in steps or epochs, or bound train.until by steps or epochs");
}

TEST(Constant, RefusesAWarmupAsLongAsTheRun) {
  const auto problems = problems_of([] {
    built<Schedule>(R"({"type": "constant", "warmup": "2 epochs"})",
                    {.total_steps = 10, .steps_per_epoch = 5});
  });
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].message, "is 2 epochs (10 steps), but the whole run has 10 steps");
}

TEST(Constant, RefusesAWarmupInSeconds) {
  const auto problems = problems_of([] { bound<Schedule>(R"({"type": "constant", "warmup": "90 s"})"); });
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("must be in steps, epochs, samples or percent"));
}

}  // namespace
}  // namespace assay::testing
