#include "runner/cli/excerpt.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/json_text.h"
#include "core/text.h"
#include "tests/runner/cli/support.h"

namespace assay::cli {
namespace {

using assay::testing::Finished;
using assay::testing::ProcessOptions;
using assay::testing::run_assay;
using assay::testing::TemporaryFolder;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::optional<Excerpt> excerpt(std::string_view content, int line, int column, int columns = 60) {
  const TemporaryFolder folder;
  const auto name = std::make_shared<const std::string>(folder.write("a.yaml", content));
  return excerpt_of(Where::file(name, line, column), columns);
}

TEST(Excerpt, IsTheLineAndThePlaceInIt) {
  const auto found = excerpt("a: 1\nb: {c: 2}\n", 2, 5);

  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->text, "b: {c: 2}");
  EXPECT_EQ(found->caret, 4);
}

TEST(Excerpt, TabsAreSingleBlanksAndControlCharactersAreShown) {
  const auto found = excerpt("a\t\033b: c\n", 1, 4);

  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->text, "a \\x1bb: c");
  EXPECT_EQ(found->caret, 6);  // below b
}

TEST(Excerpt, CountsCharactersNotBytes) { EXPECT_EQ(excerpt("\xC3\xA4: \xC3\xB6\n", 1, 4)->caret, 3); }

TEST(Excerpt, KnowsByteOrderMarksAndCarriageReturns) {
  const auto found = excerpt(
      "\xEF\xBB\xBF"
      "a: 1\r\n",
      1, 1);

  EXPECT_EQ(found->text, "a: 1");
  EXPECT_EQ(found->caret, 0);
}

TEST(Excerpt, LongLinesAreCutAroundThePlace) {
  const std::string line = std::string(200, 'a') + 'X' + std::string(200, 'b');
  for (const int column : {1, 30, 201, 380, 401, 402}) {
    const auto found = excerpt(line, 1, column, 40);

    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->text.size(), 40U) << column;
    EXPECT_LE(found->caret, 40) << column;
  }
  const auto middle = excerpt(line, 1, 201, 40);
  EXPECT_EQ(middle->text[static_cast<std::size_t>(middle->caret)], 'X');
  EXPECT_THAT(middle->text, StartsWith("..."));
}

TEST(Excerpt, OfWhatCannotBeShownThereIsNone) {
  const TemporaryFolder folder;
  EXPECT_FALSE(excerpt("a: 1\n", 3, 1).has_value());
  EXPECT_FALSE(excerpt("a: 1\n\nb: 1\n", 2, 1).has_value());
  EXPECT_FALSE(excerpt("\x1f\x8bpacked", 1, 1).has_value());
  EXPECT_FALSE(excerpt_of(Where::path(folder.path()), 60).has_value());
  EXPECT_FALSE(excerpt_of(Where::argument(1, "a=1"), 60).has_value());
  EXPECT_FALSE(
      excerpt_of(Where::file(std::make_shared<const std::string>("nowhere.yaml"), 1, 1), 60).has_value());
}

constexpr const char* mistaken =
    "assay: 1\ndataset: digits\nmodel: {type: mlp, hiden: [128]}\noptimizer: adam\ntrain: {until: 2 "
    "epochs}\n";

TEST(Problems, ShowTheLineBetweenMessageAndHint) {
  const TemporaryFolder folder;
  folder.write("a.yaml", mistaken);
  ProcessOptions options;
  options.folder = folder.path();

  const Finished check = run_assay({"check", "a.yaml"}, options);

  EXPECT_EQ(check.exit_code, 3);
  EXPECT_THAT(check.err, StartsWith("a.yaml:3:20: error: model.hiden: unknown key\n"
                                    "  3 | model: {type: mlp, hiden: [128]}\n"
                                    "    |                    ^\n"
                                    "  hint: did you mean 'hidden'?"));
}

TEST(Problems, OfTheCommandLineHaveNoLine) {
  const Finished check = run_assay({"check", "configs/digits.yaml", "model.hiden=3"});

  EXPECT_THAT(check.err, AllOf(HasSubstr("override 1 (model.hiden=3): error: "), Not(HasSubstr(" | "))));
}

TEST(Problems, HaveColourAndFitOnATerminal) {
  if (!assay::testing::has_terminals())
    GTEST_SKIP() << "this system has no pseudo-terminals (is /dev/pts mounted?)";
  const TemporaryFolder folder;
  folder.write("a.yaml", std::string(mistaken) + "tags: [" + std::string(300, 'a') + ", {b: 1}]\n");
  ProcessOptions options;
  options.folder = folder.path();
  options.terminal_columns = 60;
  options.variables = {{"TERM", "xterm"}, {"NO_COLOR", ""}};

  EXPECT_THAT(run_assay({"check", "a.yaml"}, options).out, HasSubstr("\033[1;31m^\033[0m"));

  options.variables = {{"NO_COLOR", "1"}};
  const std::string plain = run_assay({"check", "a.yaml"}, options).out;
  EXPECT_THAT(plain, HasSubstr("  6 | ..."));
  for (const std::string& line : split(plain, '\n')) {
    if (line.find(" | ") == std::string::npos) continue;
    EXPECT_LE(trim(line).size(), 60U) << line;
  }
}

TEST(Problems, AsJsonHaveTheirExcerpt) {
  const TemporaryFolder folder;

  const Finished check = run_assay({"check", folder.write("a.yaml", mistaken), "--format", "json"});
  const Json json = parse_json(check.out, "check");

  EXPECT_EQ(json.find_path("problems.0.excerpt.text")->text(), "model: {type: mlp, hiden: [128]}");
  EXPECT_EQ(json.find_path("problems.0.excerpt.caret")->integer(), 19);
}

}  // namespace
}  // namespace assay::cli
