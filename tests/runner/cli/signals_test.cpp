#include "runner/cli/signals.h"

#include <gtest/gtest.h>

namespace assay::cli {
namespace {

class StopSignal : public ::testing::TestWithParam<int> {};

TEST_P(StopSignal, AsksToStop) {
  const StopOnSignal stop;
  ASSERT_FALSE(stop.flag());

  raise(GetParam());

  EXPECT_TRUE(stop.flag());
}

TEST_P(StopSignal, IsFollowedByAnInterruptThatLeavesAtOnce) {
  EXPECT_EXIT(
      {
        const StopOnSignal stop;
        raise(GetParam());
        raise(SIGINT);
        _exit(0);
      },
      ::testing::ExitedWithCode(128 + SIGINT), "");
}

INSTANTIATE_TEST_SUITE_P(All, StopSignal, ::testing::Values(SIGINT, SIGTERM, SIGUSR1, SIGUSR2));

TEST(StopOnSignal, TakesTheSchedulersSecondSignalCalmly) {
  const StopOnSignal stop;

  raise(SIGUSR1);
  raise(SIGTERM);

  EXPECT_TRUE(stop.flag());
}

TEST(StopOnSignal, GivesBackWhatWasThereBefore) {
  { const StopOnSignal stop; }

  EXPECT_EXIT(raise(SIGTERM), ::testing::KilledBySignal(SIGTERM), "");
}

}  // namespace
}  // namespace assay::cli
