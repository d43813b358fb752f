#include <csignal>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/text.h"
#include "tests/runner/cli/support.h"

namespace assay::testing {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

TEST(Run, EndsInAShortResult) {
  const TemporaryFolder folder;

  const Finished run = run_assay(short_run(folder.path()));

  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, AllOf(StartsWith("finished  "), HasSubstr("test/accuracy"), HasSubstr(folder.path())));
  EXPECT_LE(split(trim(run.out), '\n').size(), 8U) << run.out;
}

TEST(Run, PrintsPlainLinesPerEvaluationWithoutATerminal) {
  const TemporaryFolder folder;

  const Finished run = run_assay(short_run(folder.path()));

  EXPECT_THAT(run.err, AllOf(HasSubstr("valid/loss"), ContainsRegex("\n +1/2 "), ContainsRegex("\n +2/2 ")));
  EXPECT_THAT(run.err, AllOf(Not(HasSubstr("\033")), Not(HasSubstr("\r"))));
}

TEST(Run, LeavesNoHalfLineOnATerminal) {
  if (!has_terminals()) GTEST_SKIP() << "this system has no pseudo-terminals (is /dev/pts mounted?)";
  const TemporaryFolder folder;
  ProcessOptions options;
  options.terminal_columns = 80;
  options.variables = {{"TERM", "xterm"}, {"NO_COLOR", "1"}};

  const Finished run = run_assay(short_run(folder.path(), {"train.until=30 epochs"}), options);

  ASSERT_EQ(run.exit_code, 0) << run.out;
  EXPECT_THAT(run.out, AllOf(HasSubstr("steps/s"), HasSubstr("\r\033[K")));
  for (const std::string& line : split(run.out, '\n')) {
    // What a screen shows of a line is what was written after the last erasure.
    const std::size_t erased = line.rfind("\033[K");
    const std::string seen = erased == std::string::npos ? line : line.substr(erased + 3);
    EXPECT_THAT(seen, Not(HasSubstr("steps/s")));
  }
}

TEST(Run, QuietIsOneLineTheFolder) {
  const TemporaryFolder folder;

  const Finished run = run_assay(short_run(folder.path(), {"--quiet"}));

  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.err, IsEmpty());
  EXPECT_EQ(split(run.out, '\n').size(), 2U) << run.out;
  EXPECT_TRUE(std::filesystem::exists(std::filesystem::path(std::string(trim(run.out))) / "run.h5"))
      << run.out;
}

TEST(Run, OfAFinishedRunShowsItsResultAgain) {
  const TemporaryFolder folder;
  const Finished first = run_assay(short_run(folder.path()));
  ASSERT_EQ(first.exit_code, 0) << first.err;

  const Finished second = run_assay(short_run(folder.path()));

  EXPECT_EQ(second.exit_code, 0);
  EXPECT_EQ(second.out, first.out);
  EXPECT_EQ(second.err, "already done; --new runs it again\n");
}

TEST(Run, NewIsAFurtherRun) {
  const TemporaryFolder folder;
  const Finished first = run_assay(short_run(folder.path(), {"--quiet"}));

  const Finished second = run_assay(short_run(folder.path(), {"--quiet", "--new"}));

  EXPECT_EQ(second.exit_code, 0) << second.err;
  EXPECT_EQ(trim(second.out), text(trim(first.out), ".2"));
}

TEST(Run, FastIsAnotherRunThanTheWholeOne) {
  const TemporaryFolder folder;
  const Finished fast = run_assay(short_run(folder.path(), {"--fast", "--quiet"}));
  ASSERT_EQ(fast.exit_code, 0) << fast.err;

  const Finished whole = run_assay(short_run(folder.path(), {"--quiet"}));

  EXPECT_NE(whole.out, fast.out);
}

TEST(Run, DryRunWritesNothing) {
  const TemporaryFolder folder;

  const Finished run = run_assay(short_run(folder / "runs", {"--dry-run"}));

  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("would run"));
  EXPECT_FALSE(std::filesystem::exists(folder / "runs"));
}

TEST(Run, StopsAtASignalAndGoesOnAfterwards) {
  const TemporaryFolder folder;
  Process process(assay_words(endless_run(folder.path())), {.folder = source_folder()});
  ASSERT_TRUE(process.wait_for("valid/loss"));

  process.send(SIGINT);
  const Finished stopped = process.wait();

  EXPECT_EQ(stopped.exit_code, 10) << stopped.err;
  EXPECT_THAT(stopped.err,
              AllOf(HasSubstr("stopping after this step"), HasSubstr("stopped at step"),
                    HasSubstr("assay run configs/digits.yaml 'train.until=100000 epochs' --runs")));

  Process again(assay_words(endless_run(folder.path())), {.folder = source_folder()});
  EXPECT_TRUE(again.wait_for("2: goes on from step"));
}

TEST(Run, ThatDivergesFailsWithItsCause) {
  const TemporaryFolder folder;

  const Finished run = run_assay(short_run(folder.path(), {"optimizer={type: sgd, lr: 1e30}"}));

  EXPECT_EQ(run.exit_code, 1) << run.err;
  EXPECT_THAT(run.err, AllOf(HasSubstr("error: the run failed: diverged"), HasSubstr("assay runs show")));
  EXPECT_THAT(run_assay({"runs", "list", "--runs", folder.path()}).out, HasSubstr("failed"));
}

TEST(Run, WithoutTheEngineSaysWhatToBuild) {
  const TemporaryFolder folder;
  const std::filesystem::path lib = std::filesystem::path(binary()).parent_path() / "lib";
  if (!std::filesystem::exists(lib / "libassay.so.0")) GTEST_SKIP() << "not the folder of a build: " << lib;
  std::filesystem::copy(lib / "libassay.so.0", folder / "libassay.so.0");  // alone, without its companions
  ProcessOptions options;
  options.variables = {{"LD_LIBRARY_PATH", folder.path()}};

  const Finished run = run_assay(short_run(folder / "runs"), options);

  if (run.exit_code == 0) GTEST_SKIP() << "this build finds its libraries before LD_LIBRARY_PATH";
  EXPECT_EQ(run.exit_code, 7) << run.err;
  EXPECT_THAT(run.err, AllOf(HasSubstr("what trains was not built"), HasSubstr("hint: build everything")));
  EXPECT_FALSE(std::filesystem::exists(folder / "runs"));
}

TEST(Run, UnwritableFolderIsOneSentence) {
  const TemporaryFolder folder;
  const std::string file = folder.write("file", "");

  const Finished run = run_assay(short_run(file));

  EXPECT_EQ(run.exit_code, 5);
  EXPECT_THAT(run.err, AllOf(HasSubstr("error: "), HasSubstr(file)));
  EXPECT_THAT(run.out, IsEmpty());
}

TEST(Run, FullDiskIsOneSentenceAndNoRecordThatLooksWhole) {
  const TemporaryFolder folder;
  ProcessOptions options;
  options.file_size_limit = 2048;

  const Finished run = run_assay(short_run(folder.path()), options);

  EXPECT_EQ(run.exit_code, 5) << run.err;
  EXPECT_THAT(run.err, HasSubstr("error: "));
  EXPECT_THAT(run_assay({"runs", "list", "--runs", folder.path(), "--state", "finished"}).out, IsEmpty());
}

}  // namespace
}  // namespace assay::testing
