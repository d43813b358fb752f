// The rows of a text file as numbers and labels, before it is decided what the labels mean.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "datasets/csv.h"
#include "datasets/csv_reader.h"
#include "datasets/files.h"
#include "registry/contracts/legend.h"

namespace assay::datasets {

/// A column of names.
struct CsvLabels {
  std::string name;                // of the column: as in the header, else its number
  std::vector<std::int64_t> rows;  // [rows], numbers in the order in which names appear
  std::map<std::string, std::int64_t, std::less<>> numbers;
  bool are_known = false;  // to a model: there can be no others than those in `numbers`
};

struct CsvTable {
  std::int64_t rows = 0;
  /// The inputs in their order: a place among `numbers`, or among `categories`.
  struct Input {
    bool is_category = false;
    std::size_t place = 0;
  };
  std::vector<Input> inputs;
  std::vector<std::string> input_names;     // as in the header, else their numbers
  std::optional<NumberedColumns> numbered;  // without a header
  std::vector<std::string> unused;          // columns that the model has not seen, with a legend
  std::vector<float> numbers;               // [rows, inputs that are numbers]
  std::vector<CsvLabels> categories;
  std::vector<CsvLabels> kept;
  std::vector<float> values;               // [rows], regression: the target
  std::vector<int> lines;                  // [rows], where each row begins in the file, from 1
  CsvLabels classes;                       // classification: the target
  std::string target;                      // the target column, for messages: "column 4 ('species')"
  std::int64_t skipped = 0;                // rows that could not be read, with `on_error: skip`
  std::vector<std::string> skipped_lines;  // the first of them
};

/// How a table is read for a model that is trained; by default it is not.
struct CsvReading {
  bool is_labelled = true;             // false: there is no target, and every row must be readable
  const DataLegend* legend = nullptr;  // null: data to learn from
};

/// Throws Kind::data with up to ten problems, each with its line, if the table is not what the parameters
/// say. What is wrong with a column in the same way in more than three rows is one problem.
CsvTable read_csv_table(const CsvParams& params, const ReadFile& file, const CsvReading& reading = {});

/// Empty, NA, nan, null, none, ? or -, in any case.
bool is_missing_cell(std::string_view cell);

/// Whether the first row of a table holds the names of its columns.
bool holds_names(const CsvParams& params, const CsvRow& row);

/// A column by its name if there is one of that spelling, else by its number, negative ones from the end.
std::optional<std::size_t> csv_column(const std::string& written, const std::vector<std::string>& names,
                                      std::size_t n_columns);

/// The character that `separator` of CsvParams names.
char separator_char(const std::string& written);

/// For DatasetFacts::omissions: "leaves out 3 of 150 rows, which cannot be read: lines 4, 9, 12".
std::string omission_text(const CsvTable& table);

/// Text from a file, for messages: printable, and not too long.
std::string shortened(std::string_view text);

}  // namespace assay::datasets
