#include "runner/report/grid.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/json_text.h"
#include "runner/report/sparkline.h"

namespace assay::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Grid example() {
  Grid grid({{"run"}, {"valid/accuracy", Grid::Align::right}, {"tags"}});
  grid.row({{"a/1"}, {0.98123456789, "0.9812"}, {Json(Json::List{"x", "y"})}});
  grid.row({{"b/2"}, {}, {}});
  return grid;
}

Grid of_one_cell(const std::string& text) {
  Grid grid({{text}});
  grid.row({{text}});
  return grid;
}

TEST(Grid, CsvHoldsNumbersExactlyAndNothingAsNothing) {
  EXPECT_EQ(csv(example()),
            "run,valid/accuracy,tags\n"
            "a/1,0.98123456789,\"[\"\"x\"\",\"\"y\"\"]\"\n"
            "b/2,,\n");
}

TEST(Grid, CsvQuotesWhatWouldBreakALine) {
  EXPECT_EQ(csv_cell("a,b"), "\"a,b\"");
  EXPECT_EQ(csv_cell("a\nb"), "\"a\nb\"");
  EXPECT_EQ(csv_cell("say \"x\""), "\"say \"\"x\"\"\"");
  EXPECT_EQ(csv_cell("plain"), "plain");
  EXPECT_EQ(csv_cell("a b"), "a b");
  EXPECT_EQ(csv_cell(" a"), "\" a\"");  // a reader that drops blanks at edges would make another text of it
}

TEST(Grid, JsonIsAListOfMaps) {
  const Json list = parse_json(json(example()), "grid");

  EXPECT_EQ(list.items().at(0).find("valid/accuracy")->real(), 0.98123456789);
  EXPECT_TRUE(list.items().at(1).find("tags")->is_null());
}

TEST(Grid, MarkdownShowsWhatPeopleRead) {
  EXPECT_EQ(markdown(example()),
            "| run | valid/accuracy | tags |\n"
            "| --- | ---: | --- |\n"
            "| a/1 | 0.9812 | \\[\"x\",\"y\"\\] |\n"
            "| b/2 |  |  |\n");
}

TEST(Grid, MarkdownTakesNoMarkupFromNames) {
  const std::string lines = markdown(of_one_cell("<script>a|b*_`\n\x1b[31m"));

  EXPECT_THAT(lines, HasSubstr("| &lt;script&gt;a\\|b\\*\\_\\`\\\\x0a\\\\x1b\\[31m |\n"));
  EXPECT_THAT(lines, Not(HasSubstr("<script>")));
}

TEST(Grid, LatexIsATabularThatNeedsNoPackage) {
  EXPECT_EQ(latex(example()),
            "\\begin{tabular}{lrl}\n"
            "  \\hline\n"
            "  run & valid/accuracy & tags \\\\\n"
            "  \\hline\n"
            "  a/1 & 0.9812 & [''x'',''y''] \\\\\n"
            "  b/2 &  &  \\\\\n"
            "  \\hline\n"
            "\\end{tabular}\n");
}

TEST(Grid, LatexTakesNoCommandsFromNames) {
  const std::string lines = latex(of_one_cell("\\input{x}_50%&#$~^"));

  EXPECT_THAT(
      lines,
      HasSubstr("\\textbackslash{}input\\{x\\}\\_50\\%\\&\\#\\$\\textasciitilde{}\\textasciicircum{}"));
}

TEST(ShortNumber, HasFourDigits) {
  EXPECT_EQ(short_number(0.98123456), "0.9812");
  EXPECT_EQ(short_number(12345), "12345");
  EXPECT_EQ(short_number(1e-5), "1e-05");
  EXPECT_EQ(short_number(NAN), "nan");
}

TEST(Sparkline, GoesFromTheLeastToTheMost) {
  EXPECT_EQ(sparkline(std::vector<double>{0, 1, 2, 3, 4, 5, 6, 7}, 8, false), "01234567");
  EXPECT_EQ(sparkline(std::vector<double>{0, 7}, 8, true), "\u2581\u2588");
  EXPECT_EQ(sparkline(std::vector<double>{3, 3, 3}, 8, false), "444");
}

TEST(Sparkline, LongSeriesAreMeansOfTheirParts) {
  std::vector<double> values(1000);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i);

  EXPECT_EQ(sparkline(values, 4, false), "0257");
}

TEST(Sparkline, MarksWhatIsNotFinite) {
  EXPECT_EQ(sparkline(std::vector<double>{0, NAN, 7, INFINITY}, 8, false), "0x7x");
  EXPECT_EQ(sparkline(std::vector<double>{-1.7e308, 1.7e308}, 8, false), "07");
  EXPECT_EQ(sparkline(std::vector<double>{1}, 8, false), "");
}

}  // namespace
}  // namespace assay::report
