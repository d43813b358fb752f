#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/json_text.h"
#include "core/text.h"
#include "tests/runner/cli/support.h"

namespace assay::testing {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

/// A run that goes on while the test looks.
class Watch : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(run_.wait_for("train/loss")) << "the run did not begin"; }
  std::vector<std::string> watch(std::vector<std::string> more = {}) const {
    std::vector<std::string> words = assay_words({"watch", "digits-mlp", "--runs", runs_.path()});
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  static ProcessOptions terminal() {
    ProcessOptions options;
    options.folder = source_folder();
    options.terminal_columns = 80;
    options.variables = {{"NO_COLOR", "1"}, {"TERM", "xterm"}};
    return options;
  }

  TemporaryFolder runs_;
  Process run_{assay_words(endless_run(runs_.path())), {.folder = source_folder()}};
};

TEST_F(Watch, LeavesTheTerminalAsItWasOnASignal) {
  if (!has_terminals()) GTEST_SKIP() << "this system has no pseudo-terminals (is /dev/pts mounted?)";
  for (const int signal : {SIGINT, SIGTERM}) {
    Process watching(watch(), terminal());
    ASSERT_TRUE(watching.wait_for("train/loss"));

    watching.send(signal);
    const Finished watched = watching.wait();

    EXPECT_EQ(watched.exit_code, 0);
    EXPECT_THAT(watched.out, EndsWith("A\r\033[J"));  // the lines are taken off, and nothing comes after
    EXPECT_THAT(watched.out, AllOf(Not(HasSubstr("\033[?")), HasSubstr("steps/s")));  // no mode was changed
  }
}

TEST_F(Watch, PrintsLinesWhereThereIsNoTerminal) {
  Process watching(watch(), {.folder = source_folder()});
  ASSERT_TRUE(watching.wait_for("running  digits"));
  watching.send(SIGINT);

  EXPECT_THAT(watching.wait().out, Not(HasSubstr("\033")));
}

TEST_F(Watch, EndsWhenTheRunStops) {
  Process watching(watch(), {.folder = source_folder()});
  ASSERT_TRUE(watching.wait_for("running"));

  run_.send(SIGTERM);
  run_.wait();
  const Finished watched = watching.wait();

  EXPECT_EQ(watched.exit_code, 10);
  EXPECT_THAT(watched.out, HasSubstr("stopped  digits"));
}

TEST_F(Watch, RmRefusesIt) {
  const Finished refused = run_assay({"runs", "rm", "digits-mlp", "--yes", "--runs", runs_.path()});

  EXPECT_EQ(refused.exit_code, 5);
  EXPECT_THAT(refused.err, HasSubstr("is running; nothing was removed"));
}

TEST_F(Watch, TailFollowsIt) {
  Process following(assay_words({"runs", "tail", "digits-mlp", "--follow", "--runs", runs_.path()}),
                    {.folder = source_folder()});
  ASSERT_TRUE(following.wait_for("evaluated"));

  run_.send(SIGTERM);
  run_.wait();

  EXPECT_THAT(following.wait().out, HasSubstr("run_"));
}

TEST(WatchOfASweep, ShowsHowItEnded) {
  const TemporaryFolder runs;
  const std::string config = runs.write(
      "s.yaml",
      "extends: " + source_folder() +
          "/configs/digits.yaml\nname: s\ntrain: {until: 1 epoch}\n"
          "sweep: {objective: {metric: valid/loss}, space: {optimizer.lr: {choice: [1e-3, 1e-2]}}}\n");
  const Finished sweep = run_assay({"sweep", config, "--runs", runs.path(), "--quiet", "--workers", "1"});
  ASSERT_EQ(sweep.exit_code, 0) << sweep.err;

  const Finished watched = run_assay({"watch", std::string(trim(sweep.out))});

  EXPECT_EQ(watched.exit_code, 0) << watched.err;
  EXPECT_THAT(watched.out, HasSubstr("2/2 done"));
  const Finished list =
      run_assay({"runs", "--runs", std::string(trim(sweep.out)), "--columns", "optimizer.lr"});
  EXPECT_THAT(list.out, AllOf(HasSubstr("0.001"), HasSubstr("0.01")));
}

}  // namespace
}  // namespace assay::testing
