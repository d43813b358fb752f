#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/json_text.h"
#include "core/text.h"
#include "tests/runner/cli/support.h"

namespace assay::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
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

}  // namespace
}  // namespace assay::testing
