// `assay reproduce` of experiments, with the program: small ones made here, and the quick form of those that
// ship.
#include <csignal>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/json_text.h"
#include "core/text.h"
#include "tests/runner/cli/support.h"

namespace assay::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class Experiment : public ::testing::Test {
 protected:
  /// Digits, two learning rates; `rows` are those of expected.yaml.
  std::string experiment(const std::string& rows, const std::string& until = "2 epochs") {
    folder_.write("tiny/experiment.yaml",
                  "assay: 1\nname: tiny\ndataset: {type: digits, transforms: [standardize]}\n"
                  "model: {type: mlp, hidden: [8]}\noptimizer: adamw\nmetrics: [accuracy]\n"
                  "train: {batch_size: 64, until: " +
                      until +
                      "}\nsweep: {space: {optimizer.lr: {choice: [1e-4, 1e-2]}}, repeat: {seeds: 2}}\n");
    folder_.write("tiny/expected.yaml",
                  "expected: 1\ntitle: digits\nsource: here\nquick: {train.until: 1 step}\nrows:\n" + rows);
    return folder_ / "tiny";
  }
  Finished reproduce(const std::string& what, std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"reproduce", what, "--runs", runs_, "--workers", "2", "--quiet"});
    return run_assay(more);
  }

  TemporaryFolder folder_;
  std::string runs_ = folder_ / "runs";
};

constexpr const char* easy_rows =
    "  - {name: fast, metric: test/accuracy, of: {optimizer.lr: 1e-2}, value: 0.8, tolerance: {between: "
    "[0.5, 1]}, reason: a}\n"
    "  - {name: slow, metric: test/accuracy, of: {optimizer.lr: 1e-4}, value: 0.1, tolerance: {between: [0, "
    "0.5]}, reason: a}\n"
    "  - {name: order, order: [fast, slow], reason: a}\n";

TEST_F(Experiment, WhoseRowsAllHoldIsReproduced) {
  const Finished run = reproduce(experiment(easy_rows));

  EXPECT_EQ(run.exit_code, 0) << run.err << run.out;
  EXPECT_THAT(run.out, AllOf(HasSubstr("reproduced  tiny  3 of 3 rows hold"), HasSubstr("fast > slow")));
}

TEST_F(Experiment, WithARowThatIsMissedExitsWithEightAndSaysWhich) {
  const Finished run =
      reproduce(experiment("  - {name: all, metric: test/accuracy, of: {optimizer.lr: 1e-4}, value: 1, "
                           "tolerance: {absolute: 1e-6}, reason: a}\n"));

  EXPECT_EQ(run.exit_code, 8) << run.err;
  EXPECT_THAT(run.out, AllOf(HasSubstr("not reproduced  tiny  0 of 1 rows hold"),
                             HasSubstr("missed: all: not within 1e-06")));
}

TEST_F(Experiment, LeavesItsVerdictAsMarkdownAndJson) {
  ASSERT_EQ(reproduce(experiment(easy_rows)).exit_code, 0);

  EXPECT_THAT(read_text(runs_ + "/tiny/verdict.md"), AllOf(HasSubstr("# tiny"), HasSubstr("**reproduced**")));
  const Json json = parse_json(read_text(runs_ + "/tiny/verdict.json"), "verdict.json");
  EXPECT_EQ(json.find("verdict")->text(), "reproduced");
  EXPECT_EQ(json.find_path("rows.0.ours.trials")->integer(), 2);
}

TEST_F(Experiment, DoneAgainGivesTheSameVerdictWithoutTraining) {
  const std::string folder = experiment(easy_rows);
  const Finished first = reproduce(folder);
  const Finished second = reproduce(folder);

  EXPECT_EQ(second.out, first.out);
  EXPECT_EQ(run_assay({"sweep", "status", "tiny", "--runs", runs_}).exit_code, 0);
}

TEST_F(Experiment, ThatWasStoppedGoesOn) {
  const std::string folder = experiment(easy_rows, "100000 epochs");
  Process process(assay_words({"reproduce", folder, "--runs", runs_, "--workers", "2"}),
                  {.folder = source_folder()});
  ASSERT_TRUE(process.wait_for("2 running"));
  process.send(SIGINT);

  const Finished stopped = process.wait();

  EXPECT_EQ(stopped.exit_code, 10) << stopped.err;
  EXPECT_THAT(stopped.err, HasSubstr("this goes on: assay reproduce"));
  EXPECT_THAT(stopped.out, Not(HasSubstr("reproduced")));
}

TEST_F(Experiment, AQuickRunShowsNumbersAndJudgesNone) {
  const Finished run = reproduce(experiment(easy_rows), {"--quick"});

  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, AllOf(HasSubstr("not judged  tiny"), HasSubstr("fast"), Not(HasSubstr("holds"))));
  EXPECT_TRUE(std::filesystem::exists(runs_ + "/tiny/quick.json"));
  EXPECT_FALSE(std::filesystem::exists(runs_ + "/tiny/verdict.json"));
}

TEST_F(Experiment, WithoutASweepIsAStudyOfOneTrial) {
  const std::string folder = experiment(
      "  - {name: all, metric: test/accuracy, value: 0.1, tolerance: {between: [0, 1]}, reason: a}\n");
  folder_.write(
      "tiny/experiment.yaml",
      "assay: 1\nname: tiny\nseed: 3\ndataset: {type: digits, transforms: [standardize]}\n"
      "model: {type: mlp, hidden: [8]}\noptimizer: adamw\nmetrics: [accuracy]\ntrain: {until: 1 epoch}\n");

  const Finished run = reproduce(folder, {"--format", "json"});

  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(parse_json(run.out, "stdout").find_path("rows.0.ours.trials")->integer(), 1);
}

TEST_F(Experiment, MayHaveSeveralRunsWithValuesOfTheirOwn) {
  const std::string folder = experiment(
      "  - {name: a, run: small, metric: test/accuracy, value: 0.1, tolerance: {between: [0, 1]}, reason: "
      "a}\n"
      "  - {name: b, run: large, metric: test/accuracy, value: 0.1, tolerance: {between: [0, 1]}, reason: "
      "a}\n"
      "runs:\n  - {name: small, set: {model.hidden: [4], name: tiny-small}}\n  - {name: large, set: "
      "{model.hidden: [16]}}\n");

  const Finished run = reproduce(folder);

  EXPECT_EQ(run.exit_code, 0) << run.err << run.out;
  EXPECT_TRUE(std::filesystem::exists(runs_ + "/tiny-small"));
}

TEST_F(Experiment, WithoutExpectedValuesCannotBeJudged) {
  folder_.write("tiny/experiment.yaml", "assay: 1\n");

  const Finished run = reproduce(folder_ / "tiny");

  EXPECT_EQ(run.exit_code, 2);
}

TEST_F(Experiment, TakesNoToleranceFromTheCommandLine) {
  const Finished run = run_assay({"reproduce", experiment(easy_rows), "--runs", runs_, "--tolerance", "1"});

  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.err, HasSubstr("--tolerance is for runs"));
}

TEST_F(Experiment, AllOfAFolderAreDoneThoughOneIsBroken) {
  experiment(easy_rows);
  folder_.write("broken/expected.yaml", "expected: 2\n");

  const Finished run = run_assay({"reproduce", folder_.path(), "--all", "--runs", runs_, "--quiet"});

  EXPECT_EQ(run.exit_code, 3) << run.err;
  EXPECT_THAT(run.out, AllOf(HasSubstr("not run  broken"), HasSubstr("reproduced  tiny")));
}

TEST_F(Experiment, OfTheTreeWorkInTheirQuickForm) {
  if (!test_data("uci") || !test_data("mnist") || !test_data("fashion-mnist"))
    GTEST_SKIP() << "ASSAY_DATA has no uci, mnist";
  ProcessOptions options;
  options.variables = {{"ASSAY_DATA", std::filesystem::path(*test_data("uci")).parent_path().string()}};
  options.timeout_s = 280;

  const Finished run = run_assay({"reproduce", "--all", "--quick", "--runs", runs_, "--quiet"}, options);

  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, AllOf(HasSubstr("not judged  libtorch-mnist"),
                             HasSubstr("not judged  sklearn-mlp-strategies")));
}

}  // namespace
}  // namespace assay::testing
