// A table of numbers and labels: `dataset: {type: csv, file: iris.csv, target: species, task:
// classification}`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "datasets/files.h"
#include "registry/contracts/dataset.h"
#include "registry/contracts/table_columns.h"

namespace assay::datasets {

struct CsvTable;  // datasets/csv_table.h

/// Completes "must be": one character, `tab` or `blanks`.
Rule separator_text();

struct CsvParams {
  Path file;
  std::vector<std::string> inputs;
  std::string target;
  std::string task;
  std::string header = "auto";
  std::string separator = ",";
  std::int64_t skip_lines = 0;
  std::vector<std::string> categories;
  std::vector<std::string> keep;
  std::string missing = "error";
  std::string on_error = "fail";

  static constexpr bool reads_input = true;
  DatasetOutline outline() const;

  static void describe(Fields<CsvParams>& f) {
    f.about("A table in a text file, packed or not: a row a line. x [inputs] f32; y a class or [1] f32.");
    f("file", &CsvParams::file, "the table", required);
    f("inputs", &CsvParams::inputs,
      "columns a model sees, by name or by number from 0, -1 being the last (default: all but the target)");
    f("target", &CsvParams::target, "column to predict, by name or by number", required);
    f("task", &CsvParams::task,
      "classification: the target is a label, text or whole number; regression: a number", required,
      one_of({"classification", "regression"}));
    f("header", &CsvParams::header,
      "whether the first row holds names; auto: it does if none of its cells is a number",
      one_of({"auto", "yes", "no"}));
    f("separator", &CsvParams::separator,
      "what stands between cells: one character, tab, or blanks for any run of blanks and tabs",
      separator_text);
    f("skip_lines", &CsvParams::skip_lines, "lines to pass over at the start of the file", at_least(0));
    f("categories", &CsvParams::categories,
      "columns a model sees that hold names: each name in the column, of all rows, is an input of its own, 1 "
      "where the row has it, else 0, in ascending order of bytes. Columns in which no cell begins like a "
      "number "
      "are such without being named, if they hold at most 100 names");
    f("keep", &CsvParams::keep,
      "columns that no model sees, of names or numbers, for a split by `column` or `group`");
    f("missing", &CsvParams::missing,
      "an input cell that is empty, NA, nan, null, none, ? or -: an error, or nan, for the transform "
      "`impute`",
      one_of({"error", "nan"}));
    f("on_error", &CsvParams::on_error,
      "a row that cannot be read: `fail` names it; `skip` leaves it out and counts it in a warning",
      one_of({"fail", "skip"}));
  }
};

/// Columns x [inputs] f32, y: i64 class numbers, or [1] f32, and those that are kept, i64, with their names.
/// Classes are sorted, numbers by value and texts by bytes, and numbered from 0; their names are kept unless
/// they are 0, 1, ... themselves. With a legend, columns are found by their names, or by their places where
/// they have none, and those that it does not know are left out, with a warning. Throws Kind::data with up to
/// ten problems, each with its line, if the table is not what the parameters say.
class CsvDataset : public TableDataset, public HasTableColumns {
 public:
  std::vector<TableColumn> table_columns() const override;

 protected:
  /// The paths in `params` and `needs` are not looked at.
  void fill(const CsvParams& params, const Needs& needs, const ReadFile& file);

 private:
  void add_target(const CsvTable& table, const Needs& needs);
  void add_classes(const CsvTable& table, const Needs& needs);

  CsvParams params_;
  std::string path_;
};

class Csv final : public CsvDataset {
 public:
  using Params = CsvParams;
  Csv(const Params& params, const Needs& needs);
};

}  // namespace assay::datasets
