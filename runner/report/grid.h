// A table as programs and papers take it: CSV, JSON, Markdown, LaTeX. What goes to a terminal is
// runner/cli/table.h, made from the same cells.
//
//   Grid grid({{"run"}, {"valid/accuracy", Grid::Align::right}});
//   grid.row({{Json("digits/3f2a91c0de")}, {Json(0.98123), "0.9812"}});
//   out.write(csv(grid));
//
// A cell has two faces: its value, which CSV and JSON hold exactly, and how people read it, which all others
// show. Each writer escapes what its format could take for markup; control characters and marks that turn the
// direction of text are made visible (printable()) wherever people read.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/json.h"

namespace assay::report {

class Grid {
 public:
  enum class Align { left, right };
  struct Column {
    std::string title;
    Align align = Align::left;
  };
  struct Cell {
    Json value = {};         // null: there is nothing
    std::string shown = {};  // empty: the value as text
  };

  explicit Grid(std::vector<Column> columns) : columns_(std::move(columns)) {}

  /// One cell for each column.
  void row(std::vector<Cell> cells);

  const std::vector<Column>& columns() const { return columns_; }
  const std::vector<std::vector<Cell>>& rows() const { return rows_; }

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

/// How people read a cell, on one line: numbers in four digits, texts as they are, the rest as JSON; not yet
/// printable().
std::string shown(const Grid::Cell& cell);

/// RFC 4180, lines ended by a line feed, the titles first. Nothing is an empty cell; a list is its JSON.
std::string csv(const Grid& grid);
/// One cell of it, in quotes where it needs them; also where blanks stand at an edge, which many readers
/// drop.
std::string csv_cell(const std::string& text);
/// A list of maps by the titles; nothing is null.
std::string json(const Grid& grid);
/// A table of GitHub's Markdown.
std::string markdown(const Grid& grid);
/// A tabular environment that needs no package.
std::string latex(const Grid& grid);

/// Four significant digits: `0.8630`, `1.2e-05`, `12345`; whole numbers as they are.
std::string short_number(double value);

}  // namespace assay::report
