#include <filesystem>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/json_text.h"
#include "core/text.h"
#include "runner/cli/output.h"
#include "runner/store/claim.h"
#include "runner/sweep/ledger.h"
#include "tests/runner/cli/support.h"

namespace assay::testing {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

/// One folder with one short run, made once for all tests here: they only look at it.
class Runs : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<TemporaryFolder>();
    const Finished run = run_assay(short_run(folder_->path(), {"--quiet"}));
    run_ = std::string(trim(run.out));
  }
  static void TearDownTestSuite() { folder_.reset(); }
  void SetUp() override { ASSERT_FALSE(run_.empty()); }

  static std::unique_ptr<TemporaryFolder> folder_;
  static std::string run_;
};
std::unique_ptr<TemporaryFolder> Runs::folder_;
std::string Runs::run_;

TEST_F(Runs, ListIsATable) {
  const Finished list = run_assay({"runs", "list", "--runs", folder_->path()});

  EXPECT_EQ(list.exit_code, 0);
  EXPECT_THAT(list.out, AllOf(StartsWith("run "), HasSubstr("finished"), HasSubstr("test/accuracy")));
  EXPECT_EQ(run_assay({"runs", "--runs", folder_->path()}).out, list.out);
}

TEST_F(Runs, ListFitsTheTerminal) {
  if (!has_terminals()) GTEST_SKIP() << "this system has no pseudo-terminals (is /dev/pts mounted?)";
  ProcessOptions options;
  options.terminal_columns = 70;
  options.variables = {{"NO_COLOR", "1"}};

  for (const std::string& line :
       split(run_assay({"runs", "list", "--runs", folder_->path()}, options).out, '\n')) {
    EXPECT_LE(trim(line).size(), 70U) << line;
  }
}

TEST_F(Runs, ListAsJsonCanBeRead) {
  const Json json =
      parse_json(run_assay({"runs", "list", "--runs", folder_->path(), "--format", "json"}).out, "runs");

  ASSERT_EQ(json.items().size(), 1U);
  EXPECT_EQ(json.items()[0].find("folder")->text(), run_);
}

TEST_F(Runs, ListAsCsvHasATitleAndALineForEachRun) {
  const Finished list = run_assay({"runs", "list", "--runs", folder_->path(), "--format", "csv"});

  EXPECT_THAT(list.out, AllOf(StartsWith("folder,name,id,"), HasSubstr("test/accuracy")));
  EXPECT_EQ(split(trim(list.out), '\n').size(), 2U);
}

TEST_F(Runs, ListOfNothingSaysWhatToDo) {
  const TemporaryFolder empty;

  const Finished list = run_assay({"runs", "list", "--runs", empty.path()});

  EXPECT_EQ(list.exit_code, 0);
  EXPECT_THAT(list.out, IsEmpty());
  EXPECT_THAT(list.err, HasSubstr("`assay run CONFIG` makes one"));
}

TEST_F(Runs, ShowFindsARunByItsBeginning) {
  const std::string id = run_.substr(run_.rfind('/') + 1);

  const Finished show = run_assay({"runs", "show", id.substr(0, 4), "--runs", folder_->path()});

  EXPECT_EQ(show.exit_code, 0) << show.err;
  EXPECT_THAT(show.out, AllOf(StartsWith("finished"), HasSubstr("Metrics"), HasSubstr("Config"),
                              HasSubstr("Data"), HasSubstr("Environment"), HasSubstr("Checkpoints")));
}

TEST_F(Runs, ShowAsJsonCanBeRead) {
  const Json json = parse_json(run_assay({"runs", "show", run_, "--format", "json"}).out, "run");

  EXPECT_EQ(json.find_path("config.dataset.type")->text(), "digits");
  EXPECT_NE(json.find("environment"), nullptr);
}

TEST_F(Runs, ShowOfNoRunIsAUsageError) {
  const Finished show = run_assay({"runs", "show", "nothing", "--runs", folder_->path()});

  EXPECT_EQ(show.exit_code, 2);
  EXPECT_THAT(show.err, HasSubstr("nothing"));
}

TEST_F(Runs, ShowHasTheCourseOfEachMetric) {
  ProcessOptions options;
  options.variables = {{"LC_ALL", "C"}};

  const Finished show = run_assay({"runs", "show", run_}, options);

  EXPECT_THAT(show.out, ContainsRegex("valid/loss +[0-9.]+ +[0-9.]+ +[0-9.]+ +2 +70"));
}

TEST_F(Runs, LookingOpensNoLibTorch) {
  const TemporaryFolder out;
  std::vector<std::vector<std::string>> commands{
      {"runs", "list", "--where", "optimizer.lr > 0", "--runs", folder_->path()},
      {"runs", "compare", run_},
      {"runs", "tail", run_},
      {"runs", "tag", run_},
      {"runs", "gc", "--runs", folder_->path()},
      {"runs", "show", run_},
      {"runs", "check", "--runs", folder_->path()},
      {"runs", "export", run_, "--to", "csv", "-o", out.path()},
      {"watch", run_}};
  const TemporaryFolder others;
  std::filesystem::create_directories(others / "digits");
  std::filesystem::copy(run_, others / "digits/1111111111", std::filesystem::copy_options::recursive);
  std::filesystem::copy(run_, others / "digits/2222222222", std::filesystem::copy_options::recursive);
  commands.push_back({"runs", "list", "--runs", others.path()});
  commands.push_back({"runs", "rm", "1111111111", "--yes", "--runs", others.path()});
  ProcessOptions options;
  options.variables = {{"LD_DEBUG", "files"}};
  for (const std::vector<std::string>& command : commands) {
    const Finished looked = run_assay(command, options);
    EXPECT_EQ(looked.exit_code, 0) << command[1] << looked.err.substr(0, 1000);
    EXPECT_THAT(looked.err, Not(HasSubstr("libtorch"))) << command[1];
  }
}

TEST_F(Runs, TailEndsWithHowTheRunEnded) {
  const Finished tail = run_assay({"runs", "tail", run_, "--lines", "3"});

  EXPECT_EQ(split(trim(tail.out), '\n').size(), 3U);
  EXPECT_THAT(tail.out, HasSubstr("run_done"));
  EXPECT_EQ(run_assay({"runs", "tail", run_, "--follow", "--lines", "3"}).out, tail.out);
}

TEST_F(Runs, CompareOfARunWithItselfHasOneColumn) {
  const Finished compare = run_assay({"runs", "compare", run_, run_, "--metrics", "test/*"});

  EXPECT_EQ(compare.exit_code, 0) << compare.err;
  EXPECT_THAT(compare.out, AllOf(HasSubstr("test/accuracy"), Not(HasSubstr("valid/accuracy"))));
}

TEST_F(Runs, AWrongConditionIsAUsageErrorWithACaret) {
  const Finished list = run_assay({"runs", "--where", "optimizer.lrr < 1", "--runs", folder_->path()});

  EXPECT_EQ(list.exit_code, 2);
  EXPECT_THAT(list.err, HasSubstr("no run has 'optimizer.lrr'\n  optimizer.lrr < 1\n  ^\n"));
  EXPECT_THAT(list.err, HasSubstr("did you mean 'optimizer.lr'?"));
}

TEST_F(Runs, UnknownColumnsAreUsageErrors) {
  const Finished list = run_assay({"runs", "--columns", "optimizer.lrr", "--runs", folder_->path()});

  EXPECT_EQ(list.exit_code, 2);
  EXPECT_THAT(list.err, HasSubstr("did you mean 'optimizer.lr'?"));
}

TEST_F(Runs, FieldsAreListed) {
  const Finished list = run_assay({"runs", "--fields", "--runs", folder_->path()});

  EXPECT_THAT(list.out,
              AllOf(HasSubstr("state\n"), HasSubstr("valid/accuracy\n"), HasSubstr("optimizer.lr\n")));
}

TEST_F(Runs, WatchOfAFinishedRunShowsItAndEnds) {
  const Finished watch = run_assay({"watch", run_});

  EXPECT_EQ(watch.exit_code, 0);
  EXPECT_THAT(watch.out, AllOf(StartsWith("finished  "), HasSubstr("100%")));
}

/// Runs as their summaries tell, made by hand: nothing is trained.
class ManyRuns : public ::testing::Test {
 protected:
  void add(const std::string& name, const std::string& id, double lr, const std::string& more = "") const {
    runs_.write(text(name, '/', id, "/summary.json"),
                text(R"({"status": "finished", "seed": 7, "config": {"optimizer": {"type": "adamw", "lr": )",
                     lr, R"(}}, "last": {"valid/loss": )", lr * 2, "}", more, "}"));
  }
  Finished list(std::vector<std::string> words, ProcessOptions options = {}) const {
    words.insert(words.begin(), {"runs", "list", "--runs", runs_.path()});
    return run_assay(words, options);
  }

  TemporaryFolder runs_;
};

TEST_F(ManyRuns, AreFilteredSortedAndShownByWhatIsAskedFor) {
  add("a", "1111111111", 0.1);
  add("b", "2222222222", 0.3);
  add("c", "3333333333", 0.2);

  const Finished found = list({"--where", "optimizer.lr >= 0.2", "--sort", "valid/loss", "--columns",
                               "optimizer.lr,valid/loss", "--format", "csv"});

  EXPECT_EQ(found.out, "run,optimizer.lr,valid/loss\nc/3333333333,0.2,0.4\nb/2222222222,0.3,0.6\n")
      << found.err;
  EXPECT_THAT(list({"--sort", "valid/loss", "--reverse", "--columns", "seed", "--format", "markdown"}).out,
              StartsWith("| run | seed |\n| --- | ---: |\n| b/2222222222 | 7 |\n"));
}

TEST_F(ManyRuns, CompareShowsOnlyWhatDiffers) {
  for (const char* name : {"first", "second"}) {
    ASSERT_EQ(run_assay(short_run(runs_.path(), {text("name=", name), "--quiet",
                                                 text("optimizer.lr=", name[0] == 'f' ? "0.01" : "0.001")}))
                  .exit_code,
              0);
  }

  const Finished compare = run_assay({"runs", "compare", "first", "second", "--runs", runs_.path(),
                                      "--metrics", "test/accuracy,valid/loss"});

  EXPECT_EQ(compare.exit_code, 0) << compare.err;
  EXPECT_THAT(compare.out, ContainsRegex("optimizer\\.lr +0\\.01 +0\\.001"));
  EXPECT_THAT(compare.out,
              AllOf(HasSubstr("valid/loss best"), HasSubstr(" *"), Not(HasSubstr("train.until"))));
}

TEST_F(ManyRuns, TagsAreFoundAgain) {
  add("a", "1111111111", 0.1);
  add("b", "2222222222", 0.3);

  EXPECT_EQ(run_assay({"runs", "tag", "a", "--add", "baseline", "--runs", runs_.path()}).out,
            "a/1111111111: baseline\n");
  EXPECT_THAT(list({"--where", "'baseline' in tags", "--columns", "seed", "--format", "csv"}).out,
              StartsWith("run,seed\na/1111111111,7\n"));
  EXPECT_EQ(run_assay({"runs", "tag", "a", "--remove", "baseline", "--runs", runs_.path()}).out,
            "a/1111111111: no tags\n");
  EXPECT_EQ(run_assay({"runs", "tag", "a", "--add", "two words", "--runs", runs_.path()}).exit_code, 2);
}

TEST_F(ManyRuns, RmAsksAndRefusesWhereNobodyCanBeAsked) {
  add("a", "1111111111", 0.1);

  const Finished refused = run_assay({"runs", "rm", "a", "--runs", runs_.path()});

  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("--yes"));
  EXPECT_EQ(run_assay({"runs", "rm", "a", "--yes", "--runs", runs_.path()}).out, "removed a/1111111111\n");
  EXPECT_THAT(list({}).err, HasSubstr("no runs in"));
}

/// A study of two trials as its files would be.
void write_study(const TemporaryFolder& runs) {
  runs.write("search/3333333333/spec.json", "{}");
  for (const char* trial : {"0000", "0001"})
    runs.write(text("search/3333333333/t/00/", trial, "/summary.json"), "{}");
}

TEST_F(ManyRuns, RmRemovesAStudyAsAWhole) {
  add("a", "1111111111", 0.1);
  write_study(runs_);

  const Finished removed = run_assay({"runs", "rm", "3333", "a", "--yes", "--runs", runs_.path()});

  EXPECT_EQ(removed.out, "removed search/3333333333\nremoved a/1111111111\n") << removed.err;
  EXPECT_TRUE(std::filesystem::is_empty(runs_.path()));
}

TEST_F(ManyRuns, RmRefusesASingleTrialAndSaysWhatCanBeRemoved) {
  write_study(runs_);
  const std::string study = runs_ / "search/3333333333";

  const Finished refused = run_assay({"runs", "rm", study + "/t/00/0001", "--yes"});

  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err,
              AllOf(HasSubstr("is a trial of a sweep"), HasSubstr("`assay runs rm " + study + "`")));
  EXPECT_TRUE(std::filesystem::exists(study + "/t/00/0001/summary.json"));
}

TEST_F(ManyRuns, RmLeavesAStudyThatIsWorkedOnAndAllElse) {
  add("a", "1111111111", 0.1);
  write_study(runs_);
  const store::Claim self = store::claim_of_this_process(1, 0);
  sweep::LedgerWriter log(runs_ / "search/3333333333/w", self);

  const Finished refused = run_assay({"runs", "rm", "search", "a", "--yes", "--runs", runs_.path()});

  EXPECT_EQ(refused.exit_code, 5);
  EXPECT_THAT(refused.err, AllOf(HasSubstr(text("a worker waits in process ", self.pid)),
                                 HasSubstr("nothing was removed"), HasSubstr("assay sweep stop")));
  EXPECT_TRUE(std::filesystem::exists(runs_ / "search/3333333333/spec.json"));
  EXPECT_TRUE(std::filesystem::exists(runs_ / "a/1111111111"));
}

TEST_F(ManyRuns, GcListsBeforeItRemoves) {
  runs_.write("a/.removing-1-2/run.h5", "12345");

  EXPECT_THAT(run_assay({"runs", "gc", "--runs", runs_.path()}).err, HasSubstr("--yes removes it"));
  EXPECT_THAT(run_assay({"runs", "gc", "--yes", "--runs", runs_.path()}).err, HasSubstr("removed"));
  EXPECT_THAT(run_assay({"runs", "gc", "--runs", runs_.path()}).err, HasSubstr("nothing to remove"));
}

constexpr const char* hostile_name = "<script>\u202e\u009b31m \U0001F600 \\u001b[31m";

/// What a terminal would obey, or what would turn the order of its text.
void expect_harmless(const std::string& out) {
  for (const char* sign : {"\x1b", "\u009b", "\u202e", "\x07", "\r"})
    EXPECT_EQ(out.find(sign), std::string::npos) << printable(sign);
}

TEST_F(ManyRuns, HostileNamesReachTheTerminalAsText) {
  if (!has_terminals()) GTEST_SKIP() << "this system has no pseudo-terminals (is /dev/pts mounted?)";
  const std::string name = hostile_name;
  add("a", "1111111111", 0.1,
      text(R"(, "name": ")", name, R"(", "dataset": ")", std::string(10'000, 'x'), R"(", "tags": [")", name,
           "\"]"));
  ProcessOptions options;
  options.terminal_columns = 90;
  options.variables = {{"NO_COLOR", "1"}};
  for (const char* format : {"table", "json", "csv", "markdown", "latex"}) {
    std::string out = list({"--format", format}, options).out;
    std::erase(out, '\r');  // the terminal's own line ends
    expect_harmless(out);
  }
  for (const std::string& line : split(list({}, options).out, '\n'))
    EXPECT_LE(cli::columns_of(trim(line)), 90) << line;
}

TEST_F(ManyRuns, EveryCommandShowsAHostileNameAsText) {
  if (!has_terminals()) GTEST_SKIP() << "this system has no pseudo-terminals (is /dev/pts mounted?)";
  const std::string made(trim(run_assay(short_run(runs_.path(), {"--quiet"})).out));
  const std::string folder = runs_ / "<b>\u202e\u009b31m/3f2a91c0de";  // as somebody may have copied it
  std::filesystem::create_directories(std::filesystem::path(folder).parent_path());
  std::filesystem::rename(made, folder);
  Json summary = parse_json(read_text(folder + "/summary.json"), "summary");
  summary.set("name", "<b>\u202e\x1b]0;title\x07" + std::string(10'000, 'y'));
  runs_.write("<b>\u202e\u009b31m/3f2a91c0de/summary.json", to_text(summary));
  ProcessOptions options;
  options.terminal_columns = 90;
  options.variables = {{"NO_COLOR", "1"}};
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"runs", "show", folder},
           {"runs", "compare", folder},
           {"runs", "tail", folder},
           {"runs", "tag", folder, "--add", "\u202etag"},
           {"runs", "check", folder},
           {"runs", "export", folder, "--to", "csv", "-o", runs_ / "\u202eout"},
           {"runs", "gc", "--runs", runs_.path()},
           {"runs", "rm", folder, "--yes"}}) {
    Finished shown = run_assay(words, options);
    EXPECT_EQ(shown.exit_code, 0) << words[1] << printable(shown.out);
    std::erase(shown.out, '\r');              // the terminal's own line ends
    const std::string own = "\x1b[1A\x1b[J";  // a line that says how far it is, taken off
    if (const std::size_t at = shown.out.find(own); at != std::string::npos) shown.out.erase(at, own.size());
    expect_harmless(shown.out);
  }
}

TEST_F(ManyRuns, HostileNamesAreKeptExactlyForPrograms) {
  add("a", "1111111111", 0.1, text(R"(, "name": ")", hostile_name, "\""));

  const Json json = parse_json(list({"--format", "json"}).out, "runs");

  EXPECT_EQ(json.items().at(0).find("name")->text(), "<script>\u202e\u009b31m \U0001F600 \x1b[31m");
}

}  // namespace
}  // namespace assay::testing
