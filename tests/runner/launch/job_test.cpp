#include "runner/launch/job.h"

#include <cstdlib>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/text.h"

namespace assay::launch {
namespace {

using ::testing::ElementsAre;

/// Every look at it takes a while.
class HurryingClock final : public Clock {
 public:
  std::int64_t wall_ns() const override { return 0; }
  double monotonic_s() const override { return now_s_ += 7; }

 private:
  mutable double now_s_ = 1000;
};

/// Answers as Slurm would, and keeps what it was asked.
class FakeSlurm {
 public:
  Job job(std::int64_t n_restarts = 0, double notice_s = 180) {
    return Job("12_3", n_restarts, notice_s,
               {[this](const auto& words) { return answer(words); }, &clock_, [] {}});
  }

  std::string state = "RUNNING";
  std::string left = "1:00:00";
  bool is_up = true;
  std::vector<std::string> requests;  // all but squeue

 private:
  CommandEnd answer(const std::vector<std::string>& words) {
    CommandEnd end;
    if (!is_up) {
      end.exit_code = 1;
    } else if (words.front() != "squeue") {
      requests.push_back(join(words, " "));
    } else {
      end.out = words.back() == "--format=%T" ? state : left;
    }
    return end;
  }

  HurryingClock clock_;
};

Leaving leaving(bool is_told, bool is_signalled = true, bool has_worked = true) {
  return {[is_told] { return is_told; }, [is_signalled] { return is_signalled; }, has_worked};
}

TEST(SecondsLeft, ReadsSlurmsTimes) {
  EXPECT_EQ(seconds_left("1-02:03:04"), 93784);
  EXPECT_EQ(seconds_left("2:03:04\n"), 7384);
  EXPECT_EQ(seconds_left("03:04"), 184);
  for (const char* none : {"UNLIMITED", "INVALID", "NOT_SET", "", "5"})
    EXPECT_FALSE(seconds_left(none)) << none;
}

TEST(Job, IsNoneOutsideOfAStep) {
  ::unsetenv("SLURM_STEP_ID");
  ::setenv("SLURM_JOB_ID", "12", 1);
  EXPECT_FALSE(Job::of_this_process(180));
  ::setenv("SLURM_STEP_ID", "0", 1);
  EXPECT_EQ(Job::of_this_process(180)->name(), "12");
  ::unsetenv("SLURM_JOB_ID");
  ::unsetenv("SLURM_STEP_ID");
}

TEST(Job, IsCalledByItsArrayAndTask) {
  for (const auto& [name, value] : std::map<std::string, std::string>{{"SLURM_JOB_ID", "15"},
                                                                      {"SLURM_STEP_ID", "0"},
                                                                      {"SLURM_ARRAY_JOB_ID", "12"},
                                                                      {"SLURM_ARRAY_TASK_ID", "3"},
                                                                      {"SLURM_RESTART_COUNT", "2"}})
    ::setenv(name.c_str(), value.c_str(), 1);

  const auto job = Job::of_this_process(180);

  ASSERT_TRUE(job);
  EXPECT_EQ(job->name(), "12_3");
  EXPECT_EQ(job->n_restarts(), 2);
  for (const char* name :
       {"SLURM_JOB_ID", "SLURM_STEP_ID", "SLURM_ARRAY_JOB_ID", "SLURM_ARRAY_TASK_ID", "SLURM_RESTART_COUNT"})
    ::unsetenv(name);
}

TEST(Job, EndsWhenItsNoticeBegins) {
  FakeSlurm slurm;
  Job job = slurm.job();
  EXPECT_FALSE(job.is_ending());

  slurm.left = "2:00";
  int n_looks = 0;
  while (!job.is_ending() && n_looks < 1000) ++n_looks;

  EXPECT_LT(n_looks, 1000);
}

TEST(Job, GoesOnIfItsLimitWasMoved) {
  FakeSlurm slurm;
  slurm.left = "3:20";  // 20 s before the notice
  Job job = slurm.job();
  EXPECT_FALSE(job.is_ending());
  slurm.left = "10:00:00";

  for (int i = 0; i < 10; ++i) EXPECT_FALSE(job.is_ending());
}

TEST(Job, WithoutALimitNeverEnds) {
  FakeSlurm slurm;
  slurm.left = "UNLIMITED";
  Job job = slurm.job();

  for (int i = 0; i < 1000; ++i) ASSERT_FALSE(job.is_ending());
}

TEST(Job, ARunningOneComesBackAlone) {
  FakeSlurm slurm;

  EXPECT_EQ(slurm.job().leave(leaving(false)), Leave::to_come_back);
  EXPECT_THAT(slurm.requests, ElementsAre("scontrol requeue 12_3"));
}

TEST(Job, ACancelledOneIsLeftAsItIs) {
  FakeSlurm slurm;
  slurm.state = "COMPLETING";

  EXPECT_EQ(slurm.job().leave(leaving(false)), Leave::for_good);
  EXPECT_THAT(slurm.requests, ElementsAre());
}

TEST(Job, OneThatWasToldToStopDoesNotComeBack) {
  FakeSlurm slurm;

  EXPECT_EQ(slurm.job().leave(leaving(true)), Leave::for_good);
  EXPECT_THAT(slurm.requests, ElementsAre());
}

TEST(Job, OneThatMayNotBeRequeuedEnds) {
  FakeSlurm slurm;

  EXPECT_EQ(slurm.job().leave(leaving(false, /*is_signalled=*/false)), Leave::refused);
}

TEST(Job, NothingIsRequestedWhileSlurmDoesNotAnswer) {
  FakeSlurm slurm;
  slurm.is_up = false;

  EXPECT_EQ(slurm.job().leave(leaving(false)), Leave::refused);
}

TEST(Job, OneThatNeverFindsTimeToWorkEndsAtLast) {
  FakeSlurm slurm;

  EXPECT_EQ(slurm.job(2).leave(leaving(false, true, /*has_worked=*/false)), Leave::to_come_back);
  EXPECT_EQ(slurm.job(3).leave(leaving(false, true, /*has_worked=*/false)), Leave::refused);
}

TEST(Job, WaitingSiblingsAreCancelledByTheArraysNumber) {
  FakeSlurm slurm;

  slurm.job().cancel_waiting_siblings();

  EXPECT_THAT(slurm.requests, ElementsAre("scancel --quiet --state=PENDING 12"));
}

}  // namespace
}  // namespace assay::launch
