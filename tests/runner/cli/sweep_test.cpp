// Sweeps as their users meet them: with the program, LibTorch and the digits.
#include <csignal>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/files.h"
#include "core/text.h"
#include "runner/store/read_record.h"
#include "tests/runner/cli/support.h"

namespace assay::testing {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* few =
    "{objective: {metric: valid/accuracy}, space: {model.dropout: {choice: [0, 0.2]}, optimizer.lr: {choice: "
    "[1e-3, "
    "1e-2]}}}";

class SweepCommand : public ::testing::Test {
 protected:
  std::string config(const std::string& section, const std::string& until = "2 epochs") {
    return folder_.write(
        "search.yaml",
        "assay: 1\ndataset: {type: digits, transforms: [standardize]}\nmodel: {type: mlp, hidden: [8]}\n"
        "optimizer: adamw\ntrain: {batch_size: 64, until: " +
            until + "}\nmetrics: [accuracy]\nsweep: " + section + "\n");
  }
  std::vector<std::string> sweep(const std::string& section, std::vector<std::string> more = {}) {
    std::vector<std::string> words{"sweep", config(section), "--runs", runs_, "--workers", "2"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  /// The folder that --quiet prints.
  static std::string folder_in(const Finished& run) { return std::string(trim(run.out)); }

  TemporaryFolder folder_;
  std::string runs_ = folder_ / "runs";
};

TEST_F(SweepCommand, RunsEveryTrialAndSaysWhichIsBest) {
  const Finished run = run_assay(sweep(few));

  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, AllOf(HasSubstr("finished  search/"), HasSubstr("4 finished"),
                             ContainsRegex("trial [0-3]: valid/accuracy 0\\.")));
}

TEST_F(SweepCommand, LeavesTheResultOnATerminal) {
  if (!has_terminals()) GTEST_SKIP() << "this system has no pseudo-terminals (is /dev/pts mounted?)";
  ProcessOptions options;
  options.terminal_columns = 80;
  options.variables = {{"TERM", "xterm"}, {"NO_COLOR", "1"}};

  const Finished run = run_assay(sweep(few), options);

  ASSERT_EQ(run.exit_code, 0) << run.out;
  EXPECT_THAT(run.out, HasSubstr(" running"));
  const std::string after_the_last_erasure = run.out.substr(run.out.rfind("A\033[J"));
  EXPECT_THAT(after_the_last_erasure, HasSubstr("finished  search/"));
}

TEST_F(SweepCommand, TheSameCommandAgainShowsTheResult) {
  const Finished first = run_assay(sweep(few));
  const Finished second = run_assay(sweep(few));

  EXPECT_EQ(second.exit_code, 0) << second.err;
  EXPECT_EQ(second.out, first.out);
}

TEST_F(SweepCommand, TrialsAreRunsThatRunsShowAndRunsCheckTake) {
  const Finished run = run_assay(sweep(few, {"--quiet"}));
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const std::string trial = folder_in(run) + "/t/00/0003";

  EXPECT_THAT(run_assay({"runs", "show", trial}).out, HasSubstr("valid/accuracy"));
  EXPECT_EQ(run_assay({"runs", "check", trial}).exit_code, 0);
}

TEST_F(SweepCommand, TrialsAreRunsThatVerifyAndResumeTake) {
  const Finished run = run_assay(sweep(few, {"--quiet"}));
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const std::string trial = folder_in(run) + "/t/00/0001";

  EXPECT_THAT(run_assay({"verify", trial}).out, HasSubstr("identical"));
  const Finished resumed = run_assay({"resume", trial});
  EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_THAT(resumed.err, HasSubstr("already done"));
}

TEST_F(SweepCommand, ATrialGivesWhatTheSameConfigGivesByHand) {
  const Finished run = run_assay(sweep(few, {"--quiet"}));
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const Finished by_hand = run_assay({"run", folder_ / "search.yaml", "model.dropout=0.2",
                                      "optimizer.lr=1e-2", "--unset", "sweep", "--runs", runs_, "--quiet"});
  ASSERT_EQ(by_hand.exit_code, 0) << by_hand.err;

  const store::Record trial = store::read_record(folder_in(run) + "/t/00/0003");
  const store::Record hand = store::read_record(folder_in(by_hand));

  EXPECT_EQ(trial.begin.id, hand.begin.id);
  EXPECT_EQ(trial.series.at({"valid", "accuracy"}).value, hand.series.at({"valid", "accuracy"}).value);
  EXPECT_EQ(trial.latest("final")->digest, hand.latest("final")->digest);
}

TEST_F(SweepCommand, TheBestConfigRuns) {
  const Finished run = run_assay(sweep(few, {"--quiet"}));
  const Finished best = run_assay({"sweep", "best", folder_in(run), "--config"});
  ASSERT_EQ(best.exit_code, 0) << best.err;
  const std::string file = folder_.write("best.yaml", best.out);

  const Finished again = run_assay({"run", file, "--runs", folder_ / "other", "--quiet"});

  EXPECT_EQ(again.exit_code, 0) << again.err;
}

TEST_F(SweepCommand, CtrlCStopsAtACheckpointAndResumeGoesOn) {
  std::vector<std::string> words{"sweep", config(few, "100000 epochs"), "--runs", runs_, "--workers", "2"};
  Process process(assay_words(words), {.folder = source_folder()});
  ASSERT_TRUE(process.wait_for("2 running"));
  process.send(SIGINT);
  const Finished stopped = process.wait();
  EXPECT_EQ(stopped.exit_code, 10) << stopped.err;
  EXPECT_THAT(stopped.err, HasSubstr("this goes on: assay sweep"));

  const Finished status = run_assay({"sweep", "status", "search", "--runs", runs_});
  EXPECT_THAT(status.out, HasSubstr("stopped  search/"));
}

TEST_F(SweepCommand, StatusIsForProgramsToo) {
  const Finished run = run_assay(sweep(few, {"--quiet"}));

  const Finished status = run_assay({"sweep", "status", folder_in(run), "--format", "json"});

  EXPECT_THAT(status.out, AllOf(HasSubstr("\"state\": \"finished\""), HasSubstr("\"finished\": 4")));
}

TEST_F(SweepCommand, ShowDoesNotNameAWinnerOfOneRunEach) {
  const Finished run = run_assay(sweep(few, {"--quiet"}));

  const Finished show = run_assay({"sweep", "show", folder_in(run)});

  EXPECT_EQ(show.exit_code, 0) << show.err;
  EXPECT_THAT(show.out,
              AllOf(HasSubstr("cannot be said"), HasSubstr("optimizer.lr"), HasSubstr("by chance")));
}

TEST_F(SweepCommand, WorkersJoinByTheFolderAlone) {
  const Finished begun = run_assay(sweep(few, {"--dry-run", "--quiet"}));
  const std::string folder = folder_in(begun);
  EXPECT_EQ(run_assay({"worker", folder}).exit_code, 2);  // nothing was begun yet
  const Finished run = run_assay(sweep(few, {"--quiet"}));
  ASSERT_EQ(run.exit_code, 0) << run.err;
  std::filesystem::remove(folder_ / "search.yaml");

  const Finished joined = run_assay({"worker", folder});

  EXPECT_EQ(joined.exit_code, 0) << joined.err;
  EXPECT_THAT(joined.out, HasSubstr("4 finished"));
}

TEST_F(SweepCommand, MoreTrialsAreAnExtension) {
  const std::string random =
      "{sampler: random, trials: 2, objective: {metric: valid/loss}, space: {optimizer.lr: {loguniform: "
      "[1e-4, 1e-2]}}}";
  const Finished run = run_assay(sweep(random, {"--quiet"}));
  ASSERT_EQ(run.exit_code, 0) << run.err;

  const Finished extended = run_assay({"sweep", "extend", folder_in(run), "--trials", "3"});
  EXPECT_EQ(extended.exit_code, 0) << extended.err;
  const Finished resumed = run_assay({"sweep", "resume", folder_in(run), "--workers", "2"});

  EXPECT_THAT(resumed.out, HasSubstr("3 finished")) << resumed.err;
}

TEST_F(SweepCommand, ManyTrialsAreAskedAbout) {
  const Finished run = run_assay(sweep("{space: {seed: {range: [0, 2000]}}}"));

  EXPECT_EQ(run.exit_code, 3);
  EXPECT_THAT(run.err, AllOf(HasSubstr("has 2000 trials"), HasSubstr("--yes")));
  EXPECT_FALSE(std::filesystem::exists(runs_));
}

TEST_F(SweepCommand, OfAMistakeNothingIsStarted) {
  for (const char* name : {"empty_space", "too_many_trials", "unknown_key_in_space", "value_out_of_its_rule",
                           "conditions_that_exclude_one_another", "condition_that_never_holds",
                           "objective_that_nothing_produces"}) {
    const std::string file = text(source_folder(), "/tests/golden/sweeps/", name, ".yaml");

    const Finished run = run_assay({"sweep", file, "--runs", runs_});

    EXPECT_EQ(run.exit_code, 3) << name;
    EXPECT_THAT(run.err, ContainsRegex(text(name, "\\.yaml:[0-9]+:[0-9]+: error: "))) << name;
    EXPECT_FALSE(std::filesystem::exists(runs_)) << name;
  }
}

TEST_F(SweepCommand, WithoutTheEngineNoStudyIsLeftBehind) {
  const std::filesystem::path lib = std::filesystem::path(binary()).parent_path() / "lib";
  if (!std::filesystem::exists(lib / "libassay.so.0")) GTEST_SKIP() << "not the folder of a build: " << lib;
  std::filesystem::copy(lib / "libassay.so.0", folder_ / "libassay.so.0");  // alone, without its companions
  ProcessOptions options;
  options.variables = {{"LD_LIBRARY_PATH", folder_.path()}};

  const Finished run = run_assay(sweep(few), options);

  if (run.exit_code == 0) GTEST_SKIP() << "this build finds its libraries before LD_LIBRARY_PATH";
  EXPECT_EQ(run.exit_code, 7) << run.err;
  EXPECT_THAT(run.err, HasSubstr("what trains was not built"));
  EXPECT_FALSE(exists(runs_));
}

TEST_F(SweepCommand, ALibTorchWithoutCudaHasNoLanesOnGpus) {
  const Finished on_gpu = run_assay({"run", config(few), "device=cuda", "--runs", runs_});
  if (on_gpu.err.find("built for the CPU only") == std::string::npos)
    GTEST_SKIP() << "this LibTorch is built for CUDA";
  ProcessOptions seven_gpus;
  seven_gpus.variables = {{"CUDA_VISIBLE_DEVICES", "0,1,2,3,4,5,6"}};
  const std::vector<std::string> dry{"sweep", config(few), "--runs", runs_, "--dry-run"};

  const Finished run = run_assay(dry, seven_gpus);

  EXPECT_THAT(run.out, HasSubstr("workers"));
  EXPECT_EQ(run.out, run_assay(dry).out);
}

TEST_F(SweepCommand, AFolderWithTheStudyOfAnotherConfigIsRefused) {
  const Finished first = run_assay(sweep(few, {"--quiet"}));
  ASSERT_EQ(first.exit_code, 0) << first.err;
  const std::string other = "{space: {model.dropout: {choice: [0, 0.3]}}}";
  const std::string folder = folder_in(run_assay(sweep(other, {"--dry-run", "--quiet"})));
  std::filesystem::rename(folder_in(first), folder);

  const Finished second = run_assay(sweep(other));

  EXPECT_EQ(second.exit_code, 5);
  EXPECT_EQ(second.err,
            text(folder,
                 ": error: is the study of another config\n  hint: begin another one with a `name` of its "
                 "own, or go on with `assay sweep resume`, which takes the config from the folder\n"));
  EXPECT_FALSE(std::filesystem::exists(folder + "/spec.2.json"));
}

TEST_F(SweepCommand, AWiderSpaceComesFromTheEditedConfig) {
  const auto random = [](const std::string& trials, const std::string& range) {
    return text("{sampler: random, trials: ", trials,
                ", objective: {metric: valid/loss}, space: {optimizer.lr: {loguniform: ", range, "}}}");
  };
  const Finished run = run_assay(sweep(random("2", "[1e-4, 1e-3]"), {"--quiet"}));
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const std::string study = folder_in(run);

  const Finished narrower =
      run_assay({"sweep", "extend", study, "--trials", "4", "--config", config(random("2", "[5e-4, 1e-3]"))});
  EXPECT_EQ(narrower.exit_code, 3);
  EXPECT_THAT(narrower.err, ContainsRegex("search\\.yaml:7:[0-9]+: error: .*does not hold all of"));
  const Finished wider =
      run_assay({"sweep", "extend", study, "--trials", "4", "--config", config(random("2", "[1e-4, 1e-1]"))});
  EXPECT_EQ(wider.exit_code, 0) << wider.err;
  const Finished resumed = run_assay({"sweep", "resume", study, "--workers", "2"});

  EXPECT_THAT(resumed.out, HasSubstr("4 finished")) << resumed.err;
  const Finished again = run_assay(sweep(random("2", "[1e-4, 1e-3]")));
  EXPECT_THAT(again.err, HasSubstr("was extended since; this config is its revision 1 of 2"));
}

TEST_F(SweepCommand, WithoutANumberOfWorkersItTakesWhatOtherSweepsLeft) {
  const std::vector<std::string> words{"sweep", config(few), "--runs", runs_, "--quiet"};
  ProcessOptions options;
  options.variables = {{"ASSAY_LANES", folder_ / "lanes"}};

  const Finished run = run_assay(words, options);

  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_TRUE(std::filesystem::exists(folder_ / "lanes"));
}

TEST_F(SweepCommand, AReplayOfASamplerThatLearnsSaysHowManyProposals) {
  const Finished run = run_assay(sweep(
      "{sampler: {type: tpe, startup: 2}, trials: 6, objective: {metric: valid/loss}, space: {optimizer.lr: "
      "{loguniform: [1e-4, 1e-1]}}}",
      {"--quiet"}));
  ASSERT_EQ(run.exit_code, 0) << run.err;

  const Finished replay = run_assay({"sweep", "replay", folder_in(run)});

  EXPECT_EQ(replay.out, "ok  6 proposals made again, all the same\n") << replay.err;
}

}  // namespace
}  // namespace assay::testing
