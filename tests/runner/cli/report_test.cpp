#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/files.h"
#include "core/text.h"
#include "tests/runner/cli/support.h"

namespace assay::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// Pages need the plotting library, which scripts/setup leaves out where it has no network.
bool has_plotly() { return exists(join_path(source_folder(), "build/plotly/plotly.min.js.gz")); }

class Report : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<TemporaryFolder>();
    run_ = std::string(trim(run_assay(short_run(*folder_ / "runs", {"--quiet"})).out));
  }
  static void TearDownTestSuite() { folder_.reset(); }
  void SetUp() override { ASSERT_FALSE(run_.empty()); }

  static Finished report(std::vector<std::string> words) {
    words.insert(words.begin(), "report");
    words.insert(words.end(), {"--runs", *folder_ / "runs"});
    return run_assay(words);
  }

  static std::unique_ptr<TemporaryFolder> folder_;
  static std::string run_;
};
std::unique_ptr<TemporaryFolder> Report::folder_;
std::string Report::run_;

TEST_F(Report, WritesOnePageThatAsksNoMachine) {
  if (!has_plotly()) GTEST_SKIP() << "plotly.js is not there: scripts/setup installs it";
  const std::string page = *folder_ / "page.html";

  const Finished made = report({run_, "-o", page});

  EXPECT_EQ(made.exit_code, 0) << made.err;
  EXPECT_EQ(made.out, page + '\n');
  const std::string text = read_text(page);
  EXPECT_THAT(text.substr(0, 400), HasSubstr("default-src 'none'"));
  EXPECT_THAT(text, HasSubstr("\"name\":\"valid/accuracy\""));
  EXPECT_THAT(text, Not(HasSubstr("src=\"http")));
}

TEST_F(Report, MakesItsOwnPageAnewAndNoOtherFile) {
  if (!has_plotly()) GTEST_SKIP() << "plotly.js is not there: scripts/setup installs it";
  const std::string page = *folder_ / "again.html";
  const std::string thesis = folder_->write("thesis.html", "five years of work");

  EXPECT_EQ(report({run_, "-o", page}).exit_code, 0);
  EXPECT_EQ(report({run_, "-o", page}).exit_code, 0);
  const Finished refused = report({run_, "-o", thesis});

  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("--force"));
  EXPECT_EQ(read_text(thesis), "five years of work");
}

TEST_F(Report, NamesWhatIsMissing) {
  EXPECT_THAT(report({}).err, HasSubstr("no run was named"));
  EXPECT_THAT(report({run_, "-o", *folder_ / "no/page.html"}).err, HasSubstr("there is no folder"));
  if (has_plotly()) {
    EXPECT_THAT(report({"nothing", "-o", *folder_ / "x.html"}).err, HasSubstr("is called 'nothing'"));
  } else {
    EXPECT_THAT(report({run_, "-o", *folder_ / "x.html"}).err, HasSubstr("scripts/setup"));
  }
}

}  // namespace
}  // namespace assay::testing
