// Runs that are interrupted and go on, as a user meets them: the real program, killed and asked to stop.
#include <csignal>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/text.h"
#include "tests/runner/cli/support.h"

namespace assay::testing {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

/// A run of a second or two that saves often: long enough to be interrupted.
std::vector<std::string> long_run(const std::string& runs, std::vector<std::string> more = {}) {
  std::vector<std::string> words{"run",
                                 "configs/digits.yaml",
                                 "model.hidden=[512, 512]",
                                 "train.until=40 epochs",
                                 "checkpoint.every=33 steps",
                                 "--runs",
                                 runs};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

/// Begins a long run and sends it a signal once it has saved.
Finished interrupted(const std::string& runs, int signal, std::vector<std::string> more = {}) {
  Process process(assay_words(long_run(runs, std::move(more))), {.folder = source_folder()});
  EXPECT_TRUE(process.wait_for(" 3/40 "));
  process.send(signal);
  return process.wait();
}

/// The folder of the only run below `runs`.
std::string only_run(const std::string& runs) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(runs)) {
    if (entry.path().filename() == "claim.1") return entry.path().parent_path().string();
  }
  return {};
}

/// The folder of the same run, done without a break.
std::string uninterrupted(const std::string& runs, std::vector<std::string> more = {}) {
  more.push_back("--quiet");
  const Finished run = run_assay(long_run(runs, std::move(more)));
  EXPECT_EQ(run.exit_code, 0) << run.err;
  return std::string(trim(run.out));
}

/// Another process takes the run over: it claims the next attempt.
void take_over(const std::string& run) {
  std::ofstream(run + "/claim.2") << "{\"attempt\": 2, \"host\": \"elsewhere\", \"pid\": 1}\n";
}

void expect_identical(const std::string& a, const std::string& b) {
  const Finished diff = run_assay({"diff", "--exact", a, b});
  EXPECT_EQ(diff.exit_code, 0) << diff.out << diff.err;
}

TEST(Resume, OfAKilledRunByTheSameCommandGivesTheUninterruptedRun) {
  const TemporaryFolder folder;
  interrupted(folder / "a", SIGKILL);

  const Finished again = run_assay(long_run(folder / "a"));

  ASSERT_EQ(again.exit_code, 0) << again.err;
  EXPECT_THAT(again.err, ContainsRegex("2: goes on from step [0-9]+ \\(attempt 1: lost\\)"));
  expect_identical(only_run(folder / "a"), uninterrupted(folder / "b"));
}

TEST(Resume, OfAStoppedRunByItsRecordAloneGivesTheUninterruptedRun) {
  const TemporaryFolder whole;
  const std::string expected = uninterrupted(whole.path());
  for (const int signal : {SIGTERM, SIGUSR1}) {
    SCOPED_TRACE(text("signal ", signal));
    const TemporaryFolder folder;
    const Finished stopped = interrupted(folder / "a", signal);
    ASSERT_EQ(stopped.exit_code, 10) << stopped.err;
    EXPECT_THAT(stopped.err,
                ContainsRegex("stopped at step [0-9]+; this goes on: assay run configs/digits.yaml"));
    const std::string run = only_run(folder / "a");

    const Finished again = run_assay({"resume", run});

    ASSERT_EQ(again.exit_code, 0) << again.err;
    EXPECT_THAT(again.out, StartsWith("finished"));
    EXPECT_THAT(again.err, ContainsRegex("2: goes on from step [0-9]+ \\(attempt 1: stopped\\)"));
    expect_identical(run, expected);
  }
}

TEST(Resume, ByAnotherProcessStopsTheFirstOneWhichEndsNothing) {
  const TemporaryFolder folder;
  Process process(assay_words(long_run(folder.path())), {.folder = source_folder()});
  ASSERT_TRUE(process.wait_for(" 3/40 "));
  const std::string run = only_run(folder.path());

  take_over(run);
  const Finished first = process.wait();

  EXPECT_EQ(first.exit_code, 75) << first.err;
  EXPECT_THAT(first.err, HasSubstr("attempt 2"));
  for (const char* end : {"/result.json", "/released.1"}) EXPECT_FALSE(std::filesystem::exists(run + end));
}

TEST(Resume, OfAFinishedRunPrintsItsResult) {
  const TemporaryFolder folder;
  const Finished run = run_assay(short_run(folder.path(), {"--quiet"}));
  ASSERT_EQ(run.exit_code, 0) << run.err;

  const Finished again = run_assay({"resume", std::string(trim(run.out))});

  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_THAT(again.out, StartsWith("finished"));
  EXPECT_THAT(again.err, HasSubstr("already done"));
}

TEST(Resume, FindsRunsAsRunsShowDoes) {
  const TemporaryFolder folder;
  interrupted(folder.path(), SIGINT);

  const Finished again = run_assay({"resume", "digits-mlp", "--runs", folder.path(), "--dry-run"});

  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_THAT(again.out, HasSubstr("would run  digits-mlp/"));
}

TEST(Resume, OfAnUnknownRunIsAUsageError) {
  const TemporaryFolder folder;

  EXPECT_EQ(run_assay({"resume", "nothing", "--runs", folder.path()}).exit_code, 2);
}

/// The same program with other bytes, as another build would be.
ProcessOptions with_another_build(const TemporaryFolder& folder, std::string& program) {
  program = folder / "assay";
  std::filesystem::copy(binary(), program);
  std::ofstream(program, std::ios::app | std::ios::binary) << '\0';
  ProcessOptions options;
  options.folder = source_folder();
  options.variables = {{"LD_LIBRARY_PATH", (std::filesystem::path(binary()).parent_path() / "lib").string()}};
  return options;
}

TEST(Resume, WarnsOfWhatChangedAndRefusesItIfStrict) {
  const TemporaryFolder folder;
  interrupted(folder / "runs", SIGINT);
  const std::string run = only_run(folder / "runs");
  std::string program;
  const ProcessOptions options = with_another_build(folder, program);

  const Finished strict = run_process({program, "resume", run, "--strict", "--quiet"}, options);
  const Finished lenient = run_process({program, "resume", run, "--quiet"}, options);

  EXPECT_EQ(strict.exit_code, 8) << strict.err;
  EXPECT_THAT(strict.err, AllOf(HasSubstr("error: "), HasSubstr("programs.assay was ")));
  EXPECT_EQ(lenient.exit_code, 0) << lenient.err;
  EXPECT_THAT(lenient.err, AllOf(HasSubstr("warning: "), HasSubstr("programs.assay was ")));
}

/// A finished run that kept its checkpoints, and what its fork is asked for beyond its config.
const std::vector<std::string> short_and_kept{"train.until=4 epochs", "checkpoint.every=7 steps",
                                              "checkpoint.keep_last=99"};

TEST(Fork, IsANewRunThatBeginsWithACheckpoint) {
  const TemporaryFolder folder;
  const std::string parent = uninterrupted(folder / "runs", short_and_kept);
  std::vector<std::string> words = long_run(folder / "runs", short_and_kept);
  words.insert(words.end(), {"optimizer.lr=1e-5", "--fork", parent + "@70"});

  const Finished fork = run_assay(words);

  ASSERT_EQ(fork.exit_code, 0) << fork.err;
  EXPECT_THAT(fork.err, AllOf(HasSubstr("fork of"), HasSubstr("@70")));
}

TEST(Fork, OfTheSameConfigGoesOnAsItsParentDid) {
  const TemporaryFolder folder;
  const std::string parent = uninterrupted(folder / "runs", short_and_kept);
  std::vector<std::string> words = long_run(folder / "runs", short_and_kept);
  words.insert(words.end(), {"--fork", parent + "@70", "--quiet"});

  const Finished fork = run_assay(words);

  ASSERT_EQ(fork.exit_code, 0) << fork.err;
  const Finished diff =
      run_assay({"diff", "--exact", parent, std::string(trim(fork.out)), "--format", "json"});
  EXPECT_EQ(diff.exit_code, 8) << "a fork has the rows from its beginning on only";
  EXPECT_THAT(diff.out, AllOf(HasSubstr("metrics/"), Not(HasSubstr("checkpoints/final/model"))));
}

TEST(Fork, NamesTheCheckpointsThatThereAre) {
  const TemporaryFolder folder;
  const std::string parent = uninterrupted(folder / "runs", {"train.until=2 epochs"});

  const Finished fork =
      run_assay({"run", "configs/digits.yaml", "--fork", parent + "@3", "--runs", folder / "runs"});

  EXPECT_EQ(fork.exit_code, 2);
  EXPECT_THAT(fork.err, AllOf(HasSubstr("has no checkpoint 3"), HasSubstr("kept are those of step")));
}

TEST(Fork, RefusesOtherSteps) {
  const TemporaryFolder folder;
  const std::string parent = uninterrupted(folder / "runs", {"train.until=2 epochs"});

  const Finished fork = run_assay({"run", "configs/digits.yaml", "train.batch_size=32", "--fork",
                                   parent + "@last", "--runs", folder / "runs"});

  EXPECT_EQ(fork.exit_code, 3);
  EXPECT_THAT(fork.err, HasSubstr("train.batch_size is not that of the run which is forked"));
}

TEST(DiffExact, NamesTheFirstDifference) {
  const TemporaryFolder folder;
  const std::string a = uninterrupted(folder / "a", {"train.until=2 epochs"});
  const std::string b = uninterrupted(folder / "b", {"train.until=2 epochs", "seed=8"});

  const Finished diff = run_assay({"diff", "--exact", a, b});

  EXPECT_EQ(diff.exit_code, 8);
  EXPECT_THAT(diff.out,
              AllOf(StartsWith("different  "), HasSubstr("first in config/"), HasSubstr("metrics/")));
}

TEST(DiffExact, OfTheSameRunTwiceIsIdentical) {
  const TemporaryFolder folder;
  const std::string a = uninterrupted(folder / "a", {"train.until=2 epochs"});
  const std::string b = uninterrupted(folder / "b", {"train.until=2 epochs"});

  const Finished diff = run_assay({"diff", "--exact", a, b, "--format", "json"});

  EXPECT_EQ(diff.exit_code, 0) << diff.out;
  EXPECT_THAT(diff.out, HasSubstr("\"identical\": true"));
}

}  // namespace
}  // namespace assay::testing
