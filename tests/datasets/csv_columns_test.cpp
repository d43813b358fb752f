#include "datasets/csv_columns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/text.h"
#include "tests/contracts/bound.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

constexpr const char* content =
    "id,size,kind,note,colour\n"
    "1,0.5,a,,red\n"
    "2,?,b,,blue\n"
    "short\n"
    "3,-4,a,,blue\n";

std::vector<TableColumn> columns_of(const datasets::CsvParams& params, const std::string& text) {
  return datasets::csv_columns(params, {"table.csv", text, {}});
}

datasets::CsvParams table() {
  datasets::CsvParams params;
  params.target = "kind";
  params.keep = {"id"};
  params.categories = {"colour"};
  params.on_error = "skip";
  return params;
}

template <class Member>
std::vector<Member> all(const std::vector<TableColumn>& columns, Member TableColumn::*member) {
  std::vector<Member> out;
  for (const TableColumn& column : columns) out.push_back(column.*member);
  return out;
}

TEST(CsvColumns, HaveTypesByTheirCells) {
  const auto columns = columns_of(table(), content);

  EXPECT_THAT(all(columns, &TableColumn::name), ElementsAre("id", "size", "kind", "note", "colour"));
  EXPECT_THAT(all(columns, &TableColumn::type),
              ElementsAre("whole number", "number", "name", "nothing", "name"));
  EXPECT_THAT(all(columns, &TableColumn::use), ElementsAre("kept", "input", "target", "input", "category"));
  EXPECT_THAT(all(columns, &TableColumn::missing), ElementsAre(0, 1, 0, 3, 0));
  EXPECT_THAT(all(columns, &TableColumn::distinct), ElementsAre(3, 2, 2, 0, 2));
  EXPECT_EQ(columns[1].least, -4);
  EXPECT_EQ(columns[1].most, 0.5);
  EXPECT_THAT(columns[4].names, ElementsAre("blue", "red"));
}

TEST(CsvColumns, OfNamesAreCategoriesUnasked) {
  datasets::CsvParams params;
  params.target = "y";

  const auto columns = columns_of(params, "a,b,c,y\nred,2024-01-31,1,0\n,2024-02-01,x,1\n");

  EXPECT_THAT(all(columns, &TableColumn::use), ElementsAre("category", "input", "input", "target"));
}

TEST(CsvColumns, OfATableWithoutHeaderAreNumbers) {
  datasets::CsvParams params;
  params.inputs = {"0"};
  params.target = "-1";
  params.separator = "blanks";

  const auto columns = columns_of(params, "1 2 3\n4 5 6\n");

  EXPECT_THAT(all(columns, &TableColumn::name), ElementsAre("0", "1", "2"));
  EXPECT_THAT(all(columns, &TableColumn::use), ElementsAre("input", "not used", "target"));
}

TEST(CsvColumns, AreCountedUpToAThousand) {
  std::string text = "a,b\n";
  for (int i = 0; i < 1500; ++i) text += assay::text(i, ",1\n");

  const auto columns = columns_of(table(), text);

  EXPECT_EQ(columns[0].distinct, 1000);
  EXPECT_TRUE(columns[0].has_more);
  EXPECT_EQ(columns[0].most, 1499);
}

TEST(CsvColumns, AreThoseOfTheDataSet) {
  const auto data = built<Dataset>(R"("iris")", {{source_folder() + "/datasets/data"}});

  const auto* table = dynamic_cast<const HasTableColumns*>(data.get());

  ASSERT_NE(table, nullptr);
  EXPECT_THAT(table->table_columns(), SizeIs(5));
}

}  // namespace
}  // namespace assay::testing
