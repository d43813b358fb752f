// Aligned columns of text, fitted to a width.
//
//   Table table({{"run"}, {"time", Table::Align::right}, {"meaning", Table::Align::left, Table::Fit::wrap}});
//   table.row({"digits/1a2b3c4d5e", "3.2 s", "..."});
//   out.write(table.text(out));
#pragma once

#include <string>
#include <vector>

#include "runner/cli/output.h"

namespace assay::cli {

class Table {
 public:
  enum class Align { left, right };
  enum class Fit {
    keep,
    drop,
    cut,
    wrap
  };  // what a column does when the table is too wide; the last `drop` goes first
  struct Column {
    std::string title;
    Align align = Align::left;
    Fit fit = Fit::keep;
  };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  /// One cell for each column. `style` paints the whole row.
  void row(std::vector<std::string> cells, Style style = Style::plain);
  bool is_empty() const { return rows_.empty(); }

  /// Every line ends in a newline. Titles are left out if all are empty. Columns without a single value are
  /// left out.
  std::string text(const Output& out, int indent = 0) const;

 private:
  struct Row {
    std::vector<std::string> cells;
    Style style;
  };
  std::vector<int> widths(int available) const;
  std::string line(const Row& row, const std::vector<int>& widths, const Output& out, int indent) const;

  std::vector<Column> columns_;
  std::vector<Row> rows_;
};

}  // namespace assay::cli
