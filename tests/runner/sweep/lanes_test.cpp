#include "runner/sweep/lanes.h"

#include <csignal>
#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/files.h"

namespace assay::testing {
namespace {

using sweep::Lane;
using sweep::Lanes;
using sweep::lanes_of;
using sweep::Machine;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class SweepLanes : public ::testing::Test {
 protected:
  TemporaryFolder files_;
  const std::string folder_ = files_ / "lanes";
  const Machine four_cores_{{0, 1, 2, 3}, {}};
  const Machine two_gpus_{{0, 1, 2, 3}, {"0", "1"}};
};

TEST_F(SweepLanes, ALaneHasAsManyCoresAsATrialHasThreads) {
  EXPECT_THAT(lanes_of(four_cores_, {1, "cpu"}), SizeIs(4));
  const std::vector<Lane> pairs = lanes_of({{4, 5, 6, 7, 8}, {}}, {2, "cpu"});
  ASSERT_THAT(pairs, SizeIs(2));
  EXPECT_THAT(pairs[1].places, ElementsAre("core-6", "core-7"));
  EXPECT_THAT(lanes_of(four_cores_, {9, "auto"}), SizeIs(1));
}

TEST_F(SweepLanes, OnGpusALaneIsOneThatItsWorkerAloneSees) {
  const std::vector<Lane> lanes = lanes_of(two_gpus_, {1, "auto"});
  ASSERT_THAT(lanes, SizeIs(2));
  EXPECT_THAT(lanes[1].places, ElementsAre("gpu-1"));
  EXPECT_EQ(lanes[1].gpu, "1");
  EXPECT_THAT(lanes_of(two_gpus_, {1, "cpu"}), SizeIs(4));

  const std::vector<Lane> named = lanes_of(two_gpus_, {1, "cuda:1"});
  ASSERT_THAT(named, SizeIs(1));
  EXPECT_THAT(named[0].places, ElementsAre("gpu-1"));
  EXPECT_THAT(named[0].gpu, IsEmpty());  // cuda:1 is counted among all that there are
}

TEST_F(SweepLanes, ASecondSweepGetsWhatTheFirstLeft) {
  Lanes first(folder_, lanes_of(four_cores_, {1, "cpu"}));
  EXPECT_EQ(first.take(3), 3U);
  Lanes second(folder_, lanes_of(four_cores_, {1, "cpu"}));

  EXPECT_EQ(second.take(4), 1U);

  EXPECT_THAT(second.taken()[0].places, ElementsAre("core-3"));
  Lanes third(folder_, lanes_of(four_cores_, {1, "cpu"}));
  EXPECT_EQ(third.take(4), 0U);
}

TEST_F(SweepLanes, WhoNeedsMoreCoresGetsALaneOnlyIfAllOfThemAreFree) {
  Lanes first(folder_, lanes_of(four_cores_, {1, "cpu"}));
  first.take(1);
  Lanes second(folder_, lanes_of(four_cores_, {2, "cpu"}));

  EXPECT_EQ(second.take(4), 1U);

  EXPECT_THAT(second.taken()[0].places, ElementsAre("core-2", "core-3"));
  Lanes third(folder_, lanes_of(four_cores_, {1, "cpu"}));
  EXPECT_EQ(third.take(4), 1U);  // the core that the second found beside the first's is free
}

TEST_F(SweepLanes, AreGivenBackByTheEndOfAProcessThatWasKilled) {
  int told[2];
  ASSERT_EQ(::pipe(told), 0);
  const pid_t process = ::fork();
  if (process == 0) {
    Lanes lanes(folder_, lanes_of(four_cores_, {1, "cpu"}));
    lanes.take(4);
    static_cast<void>(!::write(told[1], "x", 1));
    for (;;) ::pause();
  }
  char byte = 0;
  ASSERT_EQ(::read(told[0], &byte, 1), 1);
  Lanes lanes(folder_, lanes_of(four_cores_, {1, "cpu"}));
  EXPECT_EQ(lanes.take(4), 0U);

  ::kill(process, SIGKILL);
  ::waitpid(process, nullptr, 0);

  EXPECT_EQ(lanes.take(4), 4U);
  ::close(told[0]);
  ::close(told[1]);
}

TEST_F(SweepLanes, WithoutAPlaceForLocksEveryLaneIsFree) {
  Lanes lanes("/proc/no such folder", lanes_of(four_cores_, {1, "cpu"}));
  EXPECT_EQ(lanes.take(2), 2U);
}

TEST_F(SweepLanes, KnowWhichGpusAProcessMaySee) {
  ::setenv("CUDA_VISIBLE_DEVICES", "2, 5", 1);
  EXPECT_THAT(sweep::this_machine().gpus, ElementsAre("2", "5"));
  ::setenv("CUDA_VISIBLE_DEVICES", "", 1);
  EXPECT_THAT(sweep::this_machine().gpus, IsEmpty());
  ::unsetenv("CUDA_VISIBLE_DEVICES");
}

}  // namespace
}  // namespace assay::testing
