#include "datasets/csv_reader.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::testing {
namespace {

using datasets::CsvCell;
using datasets::CsvReader;
using datasets::CsvRow;
using ::testing::ElementsAre;

std::vector<std::vector<std::string>> rows_of(std::string_view content, char separator = ',') {
  CsvReader reader(content, separator);
  std::vector<std::vector<std::string>> out;
  CsvRow row;
  while (reader.next(row)) {
    out.emplace_back();
    for (const CsvCell& cell : row.cells) out.back().emplace_back(cell.text);
  }
  return out;
}

using Row = std::vector<std::string>;

TEST(CsvReader, SplitsRowsAndCells) {
  EXPECT_THAT(rows_of("a,b\n1,2\n"), ElementsAre(Row{"a", "b"}, Row{"1", "2"}));
}

TEST(CsvReader, NeedsNoFinalNewline) {
  EXPECT_THAT(rows_of("1,2\n3,4"), ElementsAre(Row{"1", "2"}, Row{"3", "4"}));
}

TEST(CsvReader, ReadsWindowsLineEndsAndAByteOrderMark) {
  EXPECT_THAT(rows_of("\xEF\xBB\xBF"
                      "a,b\r\n1,2\r\n"),
              ElementsAre(Row{"a", "b"}, Row{"1", "2"}));
}

TEST(CsvReader, KeepsEmptyCells) {
  EXPECT_THAT(rows_of(",\n1,,3,\n"), ElementsAre(Row{"", ""}, Row{"1", "", "3", ""}));
}

TEST(CsvReader, TrimsBlanksAroundCells) { EXPECT_THAT(rows_of(" a , b c \n"), ElementsAre(Row{"a", "b c"})); }

TEST(CsvReader, QuotedCellsHoldSeparatorsQuotesAndLineEnds) {
  EXPECT_THAT(rows_of("\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\"\n1,2,3\n"),
              ElementsAre(Row{"a,b", "say \"hi\"", "two\nlines"}, Row{"1", "2", "3"}));
}

TEST(CsvReader, KeepsBlanksInQuotes) { EXPECT_THAT(rows_of("\" a \" , b\n"), ElementsAre(Row{" a ", "b"})); }

TEST(CsvReader, PassesOverEmptyLines) {
  EXPECT_THAT(rows_of("\n1\n  \n\r\n2\n\n"), ElementsAre(Row{"1"}, Row{"2"}));
}

TEST(CsvReader, SeparatesByRunsOfBlanks) {
  EXPECT_THAT(rows_of("  1  2\t3 \n4 5 6\n", ' '), ElementsAre(Row{"1", "2", "3"}, Row{"4", "5", "6"}));
}

TEST(CsvReader, SeparatesByTabs) {
  EXPECT_THAT(rows_of("a b\t\tc\n", '\t'), ElementsAre(Row{"a b", "", "c"}));
}

TEST(CsvReader, KnowsWhereRowsAndCellsBegin) {
  CsvReader reader("a,b\n\n\"x\ny\", 2\n7,8", ',');
  CsvRow row;
  reader.next(row);

  ASSERT_TRUE(reader.next(row));
  EXPECT_EQ(row.line, 3);
  EXPECT_EQ(row.cells[0].column, 1);
  EXPECT_EQ(row.raw, "\"x\ny\", 2");
  ASSERT_TRUE(reader.next(row));
  EXPECT_EQ(row.line, 5);
  EXPECT_EQ(row.cells[1].column, 3);
}

TEST(CsvReader, SkipsLinesWhateverTheyHold) {
  CsvReader reader("# \"a comment\n# more\n1,2\n", ',');
  reader.skip_lines(2);
  CsvRow row;
  ASSERT_TRUE(reader.next(row));
  EXPECT_EQ(row.line, 3);
  EXPECT_EQ(row.raw, "1,2");
}

std::string fault_of(std::string_view content) {
  CsvReader reader(content, ',');
  CsvRow row;
  reader.next(row);
  return row.fault;
}

TEST(CsvReader, NoticesQuotesThatDoNotMatch) {
  EXPECT_EQ(fault_of("\"a,b\n1,2\n"), "a quote is opened and never closed");
  EXPECT_EQ(fault_of("\"a\"b,c\n"), "text follows a closing quote");
  EXPECT_EQ(fault_of("a\"b,c\n"), "");
}

}  // namespace
}  // namespace assay::testing
