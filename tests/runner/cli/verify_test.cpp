// Whether a run that is done again is the same, and where it differs.
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/files.h"
#include "core/text.h"
#include "tests/runner/cli/support.h"

namespace assay::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// A finished run with checkpoints at steps 15, 20 (the best so far), 30 and 40, and its folder.
std::string finished_run(const std::string& runs, std::vector<std::string> more = {}) {
  more.insert(more.end(), {"checkpoint.every=15 steps", "checkpoint.keep_last=9", "--quiet"});
  const Finished run = run_assay(short_run(runs, std::move(more)));
  EXPECT_EQ(run.exit_code, 0) << run.err;
  return std::string(trim(run.out));
}

TEST(Verify, OfAWholeRunIsIdentical) {
  const TemporaryFolder folder;
  const std::string run = finished_run(folder.path());

  const Finished verdict = run_assay({"verify", run, "--quiet"});

  EXPECT_EQ(verdict.exit_code, 0) << verdict.err;
  EXPECT_THAT(verdict.out, AllOf(StartsWith("identical  digits-mlp/"),
                                 HasSubstr("the weights after 2 epochs"), HasSubstr("up to step 40")));
}

TEST(Verify, OfARunThatWentBackComparesWhatItDidThen) {
  const TemporaryFolder folder;
  const std::string run = finished_run(
      folder.path(), {"optimizer={type: sgd, lr: 1e19}", "train.on_divergence=rollback",
                      "train.rollback={every: 10 steps, lr_factor: 1e-20}", "train.log_every=1 step"});

  const Finished verdict = run_assay({"verify", run, "--quiet"});

  EXPECT_EQ(verdict.exit_code, 0) << verdict.out << verdict.err;
  EXPECT_THAT(verdict.out, StartsWith("identical"));
}

TEST(Verify, OfSomeStepsAfterACheckpointIsIdentical) {
  const TemporaryFolder folder;
  const std::string run = finished_run(folder.path());

  const Finished verdict = run_assay({"verify", run, "--from", "15", "--steps", "15", "--quiet"});

  EXPECT_EQ(verdict.exit_code, 0) << verdict.err;
  EXPECT_THAT(verdict.out, AllOf(HasSubstr("2 checkpoints"), HasSubstr("up to step 30")));
}

TEST(Verify, WritesNothing) {
  const TemporaryFolder folder;
  const std::string run = finished_run(folder.path());
  const std::string before = run_assay({"runs", "list", "--runs", folder.path(), "--format", "json"}).out;

  run_assay({"verify", run, "--quiet"});

  EXPECT_EQ(run_assay({"runs", "list", "--runs", folder.path(), "--format", "json"}).out, before);
}

TEST(Verify, AgainstAnotherRunComparesRecords) {
  const TemporaryFolder folder;
  const std::string a = finished_run(folder / "a"), b = finished_run(folder / "b", {"seed=8"});

  EXPECT_EQ(run_assay({"verify", a, "--against", a}).exit_code, 0);
  const Finished other = run_assay({"verify", a, "--against", b});

  EXPECT_EQ(other.exit_code, 8);
  EXPECT_THAT(other.out, AllOf(StartsWith("different"), HasSubstr("first in config/")));
}

TEST(Verify, OfACheckpointThatIsNotKeptNamesThoseThatAre) {
  const TemporaryFolder folder;
  const std::string run = finished_run(folder.path());

  const Finished verdict = run_assay({"verify", run, "--from", "7"});

  EXPECT_EQ(verdict.exit_code, 2);
  EXPECT_THAT(verdict.err, HasSubstr("kept are those of step 15, 20, 30, 40"));
}

TEST(Replay, FindsTheNumberThatBrokeFirst) {
  const TemporaryFolder folder;
  const Finished run = run_assay(short_run(folder.path(), {"optimizer={type: sgd, lr: 1e30}", "--quiet"}));
  ASSERT_EQ(run.exit_code, 1) << run.err;

  const Finished replay = run_assay({"replay", std::string(trim(run.out)), "--quiet"});

  EXPECT_EQ(replay.exit_code, 8) << replay.err;
  EXPECT_THAT(replay.out,
              AllOf(StartsWith("broken"), HasSubstr("diverged: train/loss is "), HasSubstr("64 rows")));
}

TEST(Replay, RepeatsTheStepFromTheStateThatTheRunLeft) {
  const TemporaryFolder folder;
  const Finished run = run_assay(short_run(folder.path(), {"optimizer={type: sgd, lr: 1e19}", "--quiet"}));
  ASSERT_EQ(run.exit_code, 1) << run.err;
  ASSERT_TRUE(exists(std::string(trim(run.out)) + "/a.1/diverged.h5"));

  const Finished replay = run_assay({"replay", std::string(trim(run.out)), "--quiet"});

  EXPECT_EQ(replay.exit_code, 8) << replay.err;
  EXPECT_THAT(replay.out, AllOf(StartsWith("broken"), HasSubstr("aten::"),
                                HasSubstr("the last parameter before it is layers.")));
}

TEST(Replay, OfARunThatIsWholeSaysSo) {
  const TemporaryFolder folder;

  const Finished replay = run_assay({"replay", finished_run(folder.path()), "--from", "30", "--quiet"});

  EXPECT_EQ(replay.exit_code, 0) << replay.err;
  EXPECT_THAT(replay.out, StartsWith("whole"));
}

void flip_a_bit(const std::string& path, std::streamoff at) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(at);
  const auto byte = static_cast<char>(file.get() ^ 1);
  file.seekp(at);
  file.put(byte);
}

TEST(RunsCheck, FindsADamagedCheckpoint) {
  const TemporaryFolder folder;
  const std::string run = finished_run(folder.path());
  ASSERT_EQ(run_assay({"runs", "check", run}).exit_code, 0);
  flip_a_bit(run + "/a.1/ckpt/step-0000000015.h5", 1000);

  const Finished check = run_assay({"runs", "check", "--runs", folder.path()});

  EXPECT_EQ(check.exit_code, 5);
  EXPECT_THAT(check.out, HasSubstr("1 of 1 run damaged"));
  EXPECT_THAT(check.err, HasSubstr("step-0000000015.h5"));
}

}  // namespace
}  // namespace assay::testing
