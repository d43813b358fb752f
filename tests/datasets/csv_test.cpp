#include "datasets/csv.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/gzip.h"
#include "core/text.h"
#include "tests/contracts/bound.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// A table in a folder of its own, and what becomes of it.
class Table {
 public:
  explicit Table(std::string_view content) : path_(folder_.write("table.csv", content)) {}

  std::unique_ptr<Dataset> read(const std::string& more) const {
    return built<Dataset>(text(R"({"type": "csv", "file": ")", path_, "\", ", more, '}'));
  }
  std::unique_ptr<Dataset> classes(const std::string& more = "") const {
    return read(R"("target": "y", "task": "classification")" + more);
  }
  std::unique_ptr<Dataset> values(const std::string& more = "") const {
    return read(R"("target": "y", "task": "regression")" + more);
  }
  /// The only problem, as a user reads it, with the path left out.
  template <class Body>
  std::string complaint(Body&& body) const {
    const auto problems = problems_of(body);
    if (problems.size() != 1) return text(problems.size(), " problems");
    std::string out = to_string(problems[0]);
    for (auto at = out.find(path_); at != std::string::npos; at = out.find(path_))
      out.replace(at, path_.size(), "FILE");
    return out;
  }
  std::string complaint_of_values() const {
    return complaint([&] { values(); });
  }
  std::string complaint_of_classes() const {
    return complaint([&] { classes(); });
  }

 private:
  TemporaryFolder folder_;
  std::string path_;
};

std::vector<float> floats(const Dataset& data, std::string_view column) {
  const ArrayView view = *data.column(data.index_of(column));
  EXPECT_EQ(view.dtype, Dtype::f32);
  return {view.as<float>(), view.as<float>() + view.count()};
}

std::vector<std::int64_t> labels(const Dataset& data) {
  const ArrayView view = *data.column(data.index_of("y"));
  EXPECT_EQ(view.dtype, Dtype::i64);
  return {view.as<std::int64_t>(), view.as<std::int64_t>() + view.count()};
}

TEST(Csv, RegressionGivesOneTargetARow) {
  const auto data = Table("a,b,y\n1,2,3.5\n-4,5e-1,6\n").values();

  EXPECT_EQ(data->facts().rows, 2);
  EXPECT_THAT(floats(*data, "x"), ElementsAre(1, 2, -4, 0.5F));
  EXPECT_THAT(floats(*data, "y"), ElementsAre(3.5F, 6));
  EXPECT_THAT(data->column(1)->shape, ElementsAre(2, 1));
  EXPECT_EQ(data->facts().task.outputs, 1);
}

TEST(Csv, TextLabelsAreSortedIntoClasses) {
  const auto data = Table("a,y\n1,dog\n2,cat\n3,dog\n4,ant\n").classes();

  EXPECT_THAT(labels(*data), ElementsAre(2, 1, 2, 0));
  EXPECT_THAT(data->facts().task.classes, ElementsAre("ant", "cat", "dog"));
}

TEST(Csv, NumericLabelsAreSortedByValue) {
  const auto data = Table("a,y\n1,10\n2,9\n3,10.0\n").classes();

  EXPECT_THAT(labels(*data), ElementsAre(1, 0, 1));
  EXPECT_THAT(data->facts().task.classes, ElementsAre("9", "10"));
}

TEST(Csv, LabelsThatCountFromZeroNeedNoNames) {
  const auto data = Table("a,y\n1,1\n2,0\n3,2\n").classes();

  EXPECT_THAT(labels(*data), ElementsAre(1, 0, 2));
  EXPECT_THAT(data->facts().task.classes, IsEmpty());
  EXPECT_EQ(data->facts().task.outputs, 3);
}

TEST(Csv, NoneMayBeAClass) {
  EXPECT_THAT(Table("a,y\n1,none\n2,mild\n").classes()->facts().task.classes, ElementsAre("mild", "none"));
}

TEST(Csv, FindsOutThatThereIsNoHeader) {
  const auto data =
      Table("5.1,3.5,setosa\n6.2,2.8,virginica\n").read(R"("target": "-1", "task": "classification")");

  EXPECT_EQ(data->facts().rows, 2);
  EXPECT_THAT(data->facts().task.classes, ElementsAre("setosa", "virginica"));
}

TEST(Csv, TakesColumnsByNameAndByNumber) {
  const auto data = Table("id,a,b,y\nr1,1,2,0\nr2,3,4,1\n").values(R"(, "inputs": ["b", 1])");
  EXPECT_THAT(floats(*data, "x"), ElementsAre(2, 1, 4, 3));
}

TEST(Csv, HeaderAndSkippedLinesMayBeSaid) {
  const auto data = Table("150,2,a,b\n2001,y\n1,0\n2,1\n").values(R"(, "header": "yes", "skip_lines": 1)");
  EXPECT_THAT(floats(*data, "x"), ElementsAre(1, 2));
}

TEST(Csv, ReadsOtherSeparatorsAndPackedFiles) {
  EXPECT_THAT(floats(*Table("a;y\n1;2\n").values(R"(, "separator": ";")"), "x"), ElementsAre(1));
  EXPECT_THAT(
      floats(*Table(" 1  2\t3 \n").read(R"("target": "2", "task": "regression", "separator": "blanks")"),
             "x"),
      ElementsAre(1, 2));
  EXPECT_THAT(floats(*Table(gzip("a,y\n1,2\n")).values(), "x"), ElementsAre(1));
}

TEST(Csv, RefusesTextInANumericColumn) {
  EXPECT_EQ(Table("a,b,y\n1,2,3\n4, abc,6\n").complaint_of_values(),
            "FILE:3:4: error: column 1 ('b') is 'abc', not a number\n"
            "  note: row: 4, abc,6\n"
            "  hint: correct the cell, or leave the column out: list the columns to use under "
            "dataset.inputs; if it "
            "holds names, list it under dataset.categories");
}

TEST(Csv, ExplainsADecimalComma) {
  EXPECT_THAT(Table("a,y\n\"1,5\",2\n").complaint_of_values(),
              HasSubstr("hint: write decimals with a point: 1.5"));
}

TEST(Csv, RefusesMissingValues) {
  EXPECT_EQ(
      Table("a,y\n1,2\n,3\n").complaint_of_values(),
      "FILE:3:1: error: column 0 ('a') is empty\n"
      "  note: row: ,3\n"
      "  hint: fill in the value, remove the row, or set `missing: nan` and add `transforms: [impute]`");
  EXPECT_THAT(Table("a,y\nNaN,3\n1,2\n").complaint_of_values(),
              HasSubstr("FILE:2:1: error: column 0 ('a') is 'NaN', a missing value"));
  EXPECT_THAT(Table("a,y\n1,cat\n2,\n3,dog\n").complaint_of_classes(),
              HasSubstr("FILE:3:3: error: column 1 ('y') is empty"));
}

TEST(Csv, RefusesNumbersBeyondFloat) {
  EXPECT_THAT(Table("a,y\n1e39,3\n").complaint_of_values(),
              HasSubstr("is 1e39, which is too large for a 32-bit number"));
}

TEST(Csv, RefusesARaggedRow) {
  EXPECT_EQ(Table("a,b,y\n1,2,3\n1,2,3,4\n").complaint_of_values(),
            "FILE:3:1: error: the row has 4 cells, the first one has 3\n"
            "  note: row: 1,2,3,4\n"
            "  hint: put cells that hold a separator into double quotes, or set `separator`");
}

TEST(Csv, ShortensLongRowsAndMakesThemPrintable) {
  const std::string complaint =
      Table("a,y\n1,2,\x1b[31m" + std::string(100, 'z') + "\n").complaint_of_values();
  EXPECT_THAT(complaint, HasSubstr("note: row: 1,2,\\x1b[31mzzz"));
  EXPECT_THAT(complaint, HasSubstr("zzz...\n"));
}

TEST(Csv, SuggestsTheColumnThatWasMeant) {
  const Table table("age,income,y\n1,2,3\n");
  EXPECT_EQ(table.complaint([&] { table.values(R"(, "inputs": ["agee"])"); }),
            "FILE:1:1: error: dataset.inputs: no column 'agee'\n"
            "  note: row: age,income,y\n"
            "  hint: did you mean 'age'? known: age, income, y");
  EXPECT_THAT(table.complaint([&] { table.read(R"("target": "x", "task": "regression")"); }),
              HasSubstr("dataset.target: no column 'x'"));
}

TEST(Csv, WithoutAHeaderColumnsHaveNumbers) {
  EXPECT_EQ(Table("1,2\n3,4\n").complaint_of_values(),
            "FILE:1:1: error: dataset.target: no column 'y'\n"
            "  note: row: 1,2\n"
            "  hint: the file has no header and 2 columns: use a number from 0 to 1");
}

TEST(Csv, GuessesTheSeparatorThatWasMeant) {
  EXPECT_THAT(Table("a;y\n1;2\n").complaint_of_values(), HasSubstr("hint: set `separator: ;`"));
}

TEST(Csv, RefusesDuplicateNames) {
  EXPECT_THAT(Table("a,a,y\n1,2,3\n").complaint_of_values(),
              HasSubstr("FILE:1:3: error: two columns are called 'a': 0 and 1"));
}

TEST(Csv, RefusesTheTargetAmongTheInputs) {
  const Table table("a,y\n1,2\n");
  EXPECT_THAT(table.complaint([&] { table.values(R"(, "inputs": ["a", "y"])"); }),
              HasSubstr("dataset.inputs names column 1 ('y'), which is the target"));
  EXPECT_THAT(table.complaint([&] { table.values(R"(, "inputs": ["a", 0])"); }),
              HasSubstr("dataset.inputs names column 0 ('a') twice"));
}

TEST(Csv, RefusesEmptyFilesAndFilesWithoutRows) {
  EXPECT_THAT(Table("").complaint_of_values(), HasSubstr("FILE: error: the file holds no rows"));
  EXPECT_THAT(Table("\n\n").complaint_of_values(), HasSubstr("FILE: error: the file holds no rows"));
  EXPECT_THAT(Table("a,y\n").complaint_of_values(),
              HasSubstr("FILE: error: the file has a header, but no rows below it"));
}

TEST(Csv, RefusesWhatIsNoText) {
  EXPECT_THAT(Table(std::string("PK\x03\x04\0\0", 6)).complaint_of_values(),
              HasSubstr("the file is not text in UTF-8"));
}

TEST(Csv, RefusesAQuoteThatIsNeverClosed) {
  EXPECT_THAT(Table("a,y\n1,2\n\"3,4\n").complaint_of_values(),
              HasSubstr("FILE:3:1: error: a quote is opened and never closed"));
}

TEST(Csv, RefusesRealNumbersAsClasses) {
  EXPECT_EQ(Table("a,y\n1,0.5\n2,1.5\n").complaint_of_classes(),
            "FILE: error: the target, column 1 ('y'), holds 0.5, which names no class\n"
            "  hint: set `task: regression`, or choose another target");
}

TEST(Csv, RefusesASingleClass) {
  EXPECT_THAT(Table("a,y\n1,cat\n2,cat\n").complaint_of_classes(), HasSubstr("has one class only: 'cat'"));
}

TEST(Csv, WhatIsWrongWithAWholeColumnIsOneProblem) {
  std::string content = "a,y\n";
  for (int i = 0; i < 50; ++i) content += "1,cat\n";

  EXPECT_EQ(Table(content).complaint_of_values(),
            "FILE:2:3: error: column 1 ('y') is 'cat', not a number\n"
            "  note: row: 1,cat\n"
            "  note: the same in 50 rows: lines 2, 3, 4, 5, 6, ...\n"
            "  hint: correct the cell, or set `task: classification` if the target is a label");
}

TEST(Csv, AFewCellsOfAColumnKeepTheirPlaces) {
  const auto problems = problems_of([] { Table("a,y\n1,2\nx,3\n2,4\nz,4\n").values(); });

  ASSERT_THAT(problems, SizeIs(2));
  EXPECT_EQ(problems[0].where.line, 3);
  EXPECT_EQ(problems[1].where.line, 5);
}

TEST(Csv, ReportsTenProblemsAndStops) {
  std::string header, row;
  for (int i = 0; i < 20; ++i) {
    header += text("c", i, ',');
    row += "4x,";
  }
  const Table table(header + "y\n" + row + "1\n");

  const auto problems = problems_of([&] { table.values(); });

  ASSERT_THAT(problems, SizeIs(10));
  EXPECT_THAT(problems.back().notes.back(), HasSubstr("there may be more"));
}

TEST(Csv, NamesAFileThatIsNotThere) {
  const auto problems = problems_of([] {
    built<Dataset>(R"({"type": "csv", "file": "/nowhere/table.csv", "target": "y", "task": "regression"})");
  });
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(to_string(problems[0]), HasSubstr("/nowhere/table.csv"));
}

TEST(Csv, MustBeToldItsTask) {
  const auto problems =
      problems_of([] { bound<Dataset>(R"({"type": "csv", "file": "t.csv", "target": "y"})"); });
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(to_string(problems[0]), HasSubstr("task"));
}

TEST(Csv, IrisShipsWithAssay) {
  const auto data =
      built<Dataset>(text(R"({"type": "csv", "file": ")", source_folder(),
                          R"(/datasets/data/iris.csv", "target": "species", "task": "classification"})"));
  EXPECT_EQ(data->facts().rows, 150);
  EXPECT_THAT(data->facts().columns[0].shape, ElementsAre(4));
  EXPECT_THAT(data->facts().task.classes, ElementsAre("setosa", "versicolor", "virginica"));
}

std::vector<float> inputs_of(const Dataset& data) {
  const ArrayView x = *data.column(data.index_of("x"));
  return {x.as<float>(), x.as<float>() + x.count()};
}

TEST(Csv, CategoriesAreAnInputForEachName) {
  const Table table("size,color,y\n1,red,0.5\n2,blue,1\n3,red,2\n");

  const auto data = table.values(R"(, "categories": ["color"])");

  EXPECT_THAT(inputs_of(*data), ElementsAre(1, 0, 1, 2, 1, 0, 3, 0, 1));  // size, blue, red
}

TEST(Csv, CategoriesAreInputs) {
  const Table table("a,b,y\n1,2,3\n");
  EXPECT_THAT(table.complaint([&] { table.values(R"(, "categories": ["b"], "inputs": ["a"])"); }),
              HasSubstr("dataset.categories names column 1 ('b'), which is no input"));
}

TEST(Csv, KeptColumnsAreNoInputs) {
  const Table table("a,part,y\n1,train,3\n2,dev,4\n3,train,5\n");

  const auto data = table.values(R"(, "keep": ["part"])");

  EXPECT_THAT(inputs_of(*data), ElementsAre(1, 2, 3));
  const std::size_t part = data->index_of("part");
  EXPECT_THAT(data->facts().columns[part].names, ElementsAre("dev", "train"));
  const ArrayView rows = *data->column(part);
  EXPECT_THAT(std::vector(rows.as<std::int64_t>(), rows.as<std::int64_t>() + 3), ElementsAre(1, 0, 1));
}

TEST(Csv, MissingInputsMayBeNan) {
  const Table table("a,b,y\n1,,3\nNA,2,4\n");

  const auto x = inputs_of(*table.values(R"(, "missing": "nan")"));

  EXPECT_EQ(x[0], 1);
  EXPECT_TRUE(std::isnan(x[1]) && std::isnan(x[2]));
  EXPECT_EQ(x[3], 2);
}

TEST(Csv, AMissingTargetIsAlwaysAnError) {
  const Table table("a,y\n1,\n2,3\n");
  EXPECT_THAT(table.complaint([&] { table.values(R"(, "missing": "nan")"); }),
              HasSubstr("column 1 ('y') is empty"));
}

TEST(Csv, SkipsRowsThatCannotBeReadAndSaysSo) {
  const Table table("a,b,y\n1,2,red\n1,2\nx,2,green\n3,4,blue\n1,\"2,3\n");

  const auto data = table.classes(R"(, "on_error": "skip")");

  EXPECT_THAT(inputs_of(*data), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(data->facts().task.classes, ElementsAre("blue", "red"));  // green is left out
  EXPECT_THAT(data->facts().omissions,
              ElementsAre("leaves out 3 of 5 rows, which cannot be read: lines 3, 4, 6"));
}

TEST(Csv, IsNotReadIfNoRowCanBe) {
  const Table table("a,y\n4x,1\n");
  EXPECT_THAT(table.complaint([&] { table.values(R"(, "on_error": "skip")"); }),
              HasSubstr("no row can be read: 1 are left out"));
}

TEST(CsvCategories, AreInferredWhereNoCellIsLikeANumber) {
  const Table table("size,colour,y\n1,red,0.5\n2,,0.25\n3,blue,1\n");
  const Table whole("size,colour,y\n1,red,0.5\n2,blue,0.25\n3,red,1\n");

  const auto data = whole.values();
  EXPECT_THAT(floats(*data, "x"), ElementsAre(1, 0, 1, 2, 1, 0, 3, 0, 1)) << "size, blue, red";

  EXPECT_THAT(table.complaint_of_values(), HasSubstr("FILE:3:3: error: column 1 ('colour') is empty"));
}

TEST(CsvCategories, ColumnsOfMixedCellsAreMistakesUntilTheyAreNamed) {
  const Table table("a,b,y\n1,red,0\n2,4x,1\n3,7,0\n");

  EXPECT_THAT(table.complaint_of_values(), HasSubstr("2 problems"));
  EXPECT_THAT(floats(*table.values(R"(, "categories": ["b"])"), "x"), SizeIs(12));

  const Table commas("a,b,y\n1,\"1,5\",0\n");
  EXPECT_THAT(commas.complaint_of_values(), HasSubstr("write decimals with a point"));
}

TEST(CsvCategories, OfMoreThanAHundredNamesMustBeNamed) {
  std::string rows = "name,y\n";
  for (int i = 0; i < 101; ++i) rows += text("n", i, ",1\n");
  const Table table(rows);

  EXPECT_THAT(table.complaint_of_values(),
              HasSubstr("column 0 ('name') holds 101 different names, of which each would be an input"));
  EXPECT_THAT(floats(*table.values(R"(, "categories": ["name"])"), "x"), SizeIs(101 * 101));
}

TEST(CsvCategories, AreNotInferredOfColumnsThatNoModelSees) {
  const Table table("name,a,y\nann,1,0\nbob,2,1\n");

  EXPECT_THAT(floats(*table.values(R"(, "inputs": ["a"])"), "x"), ElementsAre(1, 2));
  EXPECT_THAT(floats(*table.values(R"(, "keep": ["name"])"), "x"), ElementsAre(1, 2));
}

}  // namespace
}  // namespace assay::testing
