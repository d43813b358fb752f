#include "core/text.h"

#include <cmath>
#include <cstdint>

#include <gtest/gtest.h>

#include "core/error.h"
#include "runner/cli/config_arguments.h"
#include "runner/cli/output.h"
#include "runner/cli/plan_text.h"
#include "runner/cli/progress.h"
#include "runner/cli/run_text.h"
#include "runner/cli/syntax.h"
#include "runner/cli/table.h"

namespace assay::cli {
namespace {

TEST(Cut, LeavesWhatFits) { EXPECT_EQ(cut("abcdef", 6), "abcdef"); }

TEST(Cut, EndsInDotsAndHasTheWidth) { EXPECT_EQ(cut("abcdefgh", 6), "abc..."); }

TEST(Cut, KnowsWideAndCombiningCharacters) {
  EXPECT_EQ(columns_of("\u6f22\u5b57"), 4);
  EXPECT_EQ(columns_of("\U0001F600"), 2);
  EXPECT_EQ(columns_of("e\u0301"), 1);
  EXPECT_EQ(columns_of("\xff\xfe"), 2);  // no UTF-8
  EXPECT_EQ(cut("\u6f22\u5b57\u6f22\u5b57", 6), "\u6f22...");
}

TEST(Cut, CountsCharactersNotBytes) { EXPECT_EQ(cut("\u00e4\u00f6\u00fc\u00e4\u00f6", 4), "\u00e4..."); }

TEST(Wrap, BreaksAtBlanks) { EXPECT_EQ(wrap("one two three", 7, "  "), "one two\n  three"); }

TEST(Wrap, KeepsLongWordsWhole) { EXPECT_EQ(wrap("a verylongword b", 4, ""), "a\nverylongword\nb"); }

TEST(Table, AlignsItsColumnsAndLeavesOutEmptyOnes) {
  Table table({{"name"}, {"empty"}, {"n", Table::Align::right}});
  table.row({"a", "", "1"});
  table.row({"long", "", "20"});

  EXPECT_EQ(table.text(Output(Output::Target::results)), "name   n\na      1\nlong  20\n");
}

TEST(MetricText, IsShortAndKeepsWhatMatters) {
  EXPECT_EQ(metric_text(0.86304), "0.8630");
  EXPECT_EQ(metric_text(1.2345e-05), "1.23e-05");
  EXPECT_EQ(metric_text(1234.567), "1234.57");
  EXPECT_EQ(metric_text(0), "0.0000");
  EXPECT_EQ(metric_text(std::nan("")), "nan");
}

TEST(BigNumber, SetsThousandsApart) {
  EXPECT_EQ(big_number(1234), "1234");
  EXPECT_EQ(big_number(1234567), "1 234 567");
  EXPECT_EQ(big_number(-123456), "-123 456");
}

TEST(AgeText, IsRoughAndReadable) {
  constexpr std::int64_t minute = 60'000'000'000;
  EXPECT_EQ(age_text(0, 10), "just now");
  EXPECT_EQ(age_text(0, 5 * minute), "5 min ago");
  EXPECT_EQ(age_text(0, 180 * minute), "3 h ago");
  EXPECT_EQ(age_text(0, 30 * 60 * minute), "yesterday");
}

TEST(ShellQuoted, LeavesPlainWordsAlone) {
  EXPECT_EQ(shell_quoted("optimizer.lr=3e-4"), "optimizer.lr=3e-4");
}

TEST(ShellQuoted, ProtectsWhatAShellWouldRead) {
  EXPECT_EQ(shell_quoted("train.until=5 epochs"), "'train.until=5 epochs'");
  EXPECT_EQ(shell_quoted("a='$(x)'"), "'a='\\''$(x)'\\'''");
  EXPECT_EQ(shell_quoted(""), "''");
}

TEST(Parse, ReadsWhatWasDeclared) {
  std::string config, format = "text";
  std::vector<std::string> overrides, unset;
  bool is_fast = false;
  Syntax syntax;
  syntax.positional("CONFIG", config, "");
  syntax.rest("key=value", overrides, "");
  syntax.repeatable("--unset", "KEY", unset, "");
  syntax.choice("--format", {"text", "json"}, format, "");
  syntax.flag("--fast", is_fast, "");

  EXPECT_TRUE(parse(
      syntax, "run",
      {"a.yaml", "x=1", "--unset", "b", "y=[1, 2]", "--fast", "--unset", "c", "z=-1", "--format=json"}));

  EXPECT_EQ(config, "a.yaml");
  EXPECT_EQ(overrides, (std::vector<std::string>{"x=1", "y=[1, 2]", "z=-1"}));
  EXPECT_EQ(unset, (std::vector<std::string>{"b", "c"}));
  EXPECT_EQ(format, "json");
  EXPECT_TRUE(is_fast);
}

TEST(Parse, ReturnsFalseForHelpWhateverElseIsWrong) {
  std::string config;
  Syntax syntax;
  syntax.positional("CONFIG", config, "");

  EXPECT_FALSE(parse(syntax, "run", {"--what", "--help"}));
}

}  // namespace
}  // namespace assay::cli
