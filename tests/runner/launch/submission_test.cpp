#include "runner/launch/submission.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/support/files.h"

namespace assay::launch {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;
using testing::TemporaryFolder;

/// A queue that a test can make fail.
class FakeCluster final : public Cluster {
 public:
  std::int64_t most_jobs() const override { return 64; }
  std::int64_t room(const LaunchNeeds& /*needs*/) const override { return 1; }
  double notice_s() const override { return 180; }
  std::string script(const LaunchOrder& /*order*/) const override { return {}; }
  std::string rehearse(const LaunchOrder& /*order*/) const override { return {}; }
  LaunchedJobs submit(const LaunchOrder& order) const override {
    orders.push_back(order);
    if (loses_the_answer) accepted = order.name;
    if (loses_the_answer) throw Error(Kind::fenced, "Slurm did not take the job: it does not answer");
    if (refuses) throw Error(Kind::run, "Slurm did not take the job");
    return {"12", "13"};
  }
  std::optional<LaunchedJobs> find(const std::string& name) const override {
    if (is_silent) throw Error(Kind::run, "squeue failed");
    ++n_looks;
    if (name != accepted || n_looks < answers_after) return std::nullopt;
    return LaunchedJobs{"12", {}};
  }
  std::vector<QueuedJobs> queue(const std::vector<std::string>& /*names*/) const override { return {}; }
  void cancel(const std::vector<std::string>& /*names*/) const override {}

  bool refuses = false;
  bool loses_the_answer = false;
  bool is_silent = false;
  int answers_after = 1;
  mutable int n_looks = 0;
  mutable std::string accepted;
  mutable std::vector<LaunchOrder> orders;
};

class SubmissionsTest : public ::testing::Test {
 protected:
  Submission submit() const { return submissions_.submit(cluster_, Json("slurm"), {}, "assay-digits-3f2a"); }

  TemporaryFolder folder_;
  FakeCluster cluster_;
  const Submissions submissions_{folder_.path()};
};

TEST_F(SubmissionsTest, AreKeptWithTheirIds) {
  const Submission made = submit();

  const auto all = submissions_.list();
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all[0].name, made.name);
  ASSERT_TRUE(all[0].jobs);
  EXPECT_EQ(all[0].jobs->work, "12");
  EXPECT_EQ(all[0].launcher, Json("slurm"));
}

TEST_F(SubmissionsTest, HaveNamesOfTheirOwnAndTheFolderForOutputs) {
  submit();
  submit();

  ASSERT_THAT(cluster_.orders, SizeIs(2));
  EXPECT_THAT(cluster_.orders[0].name, StartsWith("assay-digits-3f2a-"));
  EXPECT_NE(cluster_.orders[0].name, cluster_.orders[1].name);
  EXPECT_EQ(cluster_.orders[0].folder, submissions_.folder());
}

TEST_F(SubmissionsTest, AnAnswerThatWasLostIsFoundInTheQueue) {
  cluster_.loses_the_answer = true;

  EXPECT_EQ(submit().jobs->work, "12");
  EXPECT_THAT(cluster_.orders, SizeIs(1));
}

TEST_F(SubmissionsTest, ARefusalIsPassedOnAndRemembered) {
  cluster_.refuses = true;

  EXPECT_THROW(submit(), Error);

  ASSERT_THAT(submissions_.list(), SizeIs(1));
  ASSERT_TRUE(submissions_.list()[0].jobs);
  EXPECT_EQ(submissions_.list()[0].jobs->work, "");
}

TEST_F(SubmissionsTest, WhatCannotBeFoundOutIsFoundOutLater) {
  cluster_.loses_the_answer = cluster_.is_silent = true;
  EXPECT_THROW(submit(), Error);
  ASSERT_FALSE(submissions_.list()[0].jobs);

  cluster_.is_silent = false;
  submissions_.settle(cluster_);

  ASSERT_TRUE(submissions_.list()[0].jobs);
  EXPECT_EQ(submissions_.list()[0].jobs->work, "12");
}

TEST_F(SubmissionsTest, ThereAreNoneInAFolderWithout) { EXPECT_THAT(submissions_.list(), IsEmpty()); }

TEST(JobsWanted, AreNoMoreThanUsefulAllowedOrMissing) {
  const std::vector<QueuedJobs> none;
  EXPECT_EQ(jobs_wanted(10, 1, 64, none), 10);
  EXPECT_EQ(jobs_wanted(10, 4, 64, none), 3);
  EXPECT_EQ(jobs_wanted(1000, 4, 64, none), 64);
  EXPECT_EQ(jobs_wanted(0, 4, 64, none), 0);

  using Stand = QueuedJobs::Stand;
  const std::vector<QueuedJobs> some{
      {Stand::waits, 20, {}, {}}, {Stand::runs, 4, {}, {}}, {Stand::ends, 9, {}, {}}};
  EXPECT_EQ(jobs_wanted(1000, 4, 64, some), 40);
  EXPECT_EQ(jobs_wanted(8, 4, 64, some), 0);
}

}  // namespace
}  // namespace assay::launch
