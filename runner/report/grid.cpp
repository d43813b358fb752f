#include "runner/report/grid.h"

#include <cmath>
#include <cstdio>
#include <string_view>

#include "core/error.h"
#include "core/io/json_text.h"
#include "core/text.h"

namespace assay::report {
namespace {

std::string exact(const Json& value) {
  if (value.is_null()) return {};
  if (value.is_text()) return value.text();
  return value.is_real() ? number_text(value.real()) : to_text(value);
}

std::string csv_line(std::vector<std::string> cells) {
  for (std::string& cell : cells) cell = csv_cell(cell);
  return join(cells, ",") + '\n';
}

/// What stands in a format for a character that it would take for markup; empty for all others.
using Escape = std::string_view (*)(char);

std::string_view markdown_escape(char c) {
  switch (c) {
    case '\\':
      return "\\\\";
    case '|':
      return "\\|";
    case '*':
      return "\\*";
    case '_':
      return "\\_";
    case '`':
      return "\\`";
    case '[':
      return "\\[";
    case ']':
      return "\\]";
    case '!':
      return "\\!";
    case '~':
      return "\\~";
    case '$':
      return "\\$";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '&':
      return "&amp;";
    case '\t':
      return " ";
    default:
      return {};
  }
}

std::string_view latex_escape(char c) {
  switch (c) {
    case '\\':
      return "\\textbackslash{}";
    case '{':
      return "\\{";
    case '}':
      return "\\}";
    case '$':
      return "\\$";
    case '&':
      return "\\&";
    case '#':
      return "\\#";
    case '_':
      return "\\_";
    case '%':
      return "\\%";
    case '~':
      return "\\textasciitilde{}";
    case '^':
      return "\\textasciicircum{}";
    case '<':
      return "\\textless{}";
    case '>':
      return "\\textgreater{}";
    case '|':
      return "\\textbar{}";
    case '"':
      return "''";
    case '\t':
      return " ";
    default:
      return {};
  }
}

std::string escaped(const std::string& text, Escape escape) {
  std::string out;
  for (const char c : printable(text)) {
    const std::string_view words = escape(c);
    if (words.empty()) {
      out += c;
    } else {
      out += words;
    }
  }
  return out;
}

std::vector<std::string> escaped_titles(const Grid& grid, Escape escape) {
  std::vector<std::string> cells;
  for (const Grid::Column& column : grid.columns()) cells.push_back(escaped(column.title, escape));
  return cells;
}

std::vector<std::string> escaped_cells(const std::vector<Grid::Cell>& row, Escape escape) {
  std::vector<std::string> cells;
  for (const Grid::Cell& cell : row) cells.push_back(escaped(shown(cell), escape));
  return cells;
}

}  // namespace

void Grid::row(std::vector<Cell> cells) {
  ASSAY_ASSERT(cells.size() == columns_.size());
  rows_.push_back(std::move(cells));
}

std::string shown(const Grid::Cell& cell) {
  if (!cell.shown.empty()) return cell.shown;
  return cell.value.is_real() ? short_number(cell.value.real()) : exact(cell.value);
}

std::string csv_cell(const std::string& cell) {
  if (cell.find_first_of(",\"\r\n") == std::string::npos && cell == trim(cell)) return cell;
  std::string quoted = "\"";
  for (const char c : cell) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + '"';
}

std::string csv(const Grid& grid) {
  std::vector<std::string> titles;
  for (const Grid::Column& column : grid.columns()) titles.push_back(column.title);
  std::string lines = csv_line(std::move(titles));
  for (const auto& row : grid.rows()) {
    std::vector<std::string> cells;
    for (const Grid::Cell& cell : row) cells.push_back(exact(cell.value));
    lines += csv_line(std::move(cells));
  }
  return lines;
}

std::string json(const Grid& grid) {
  Json list = Json::list();
  for (const auto& row : grid.rows()) {
    Json one = Json::map();
    for (std::size_t i = 0; i < row.size(); ++i) one.set(grid.columns()[i].title, row[i].value);
    list.push(std::move(one));
  }
  return to_text(list, 2) + '\n';
}

std::string markdown(const Grid& grid) {
  const auto line = [](const std::vector<std::string>& cells) {
    return text("| ", join(cells, " | "), " |\n");
  };
  std::vector<std::string> rule;
  for (const Grid::Column& column : grid.columns())
    rule.emplace_back(column.align == Grid::Align::right ? "---:" : "---");
  std::string lines = line(escaped_titles(grid, &markdown_escape)) + line(rule);
  for (const auto& row : grid.rows()) lines += line(escaped_cells(row, &markdown_escape));
  return lines;
}

std::string latex(const Grid& grid) {
  const auto line = [](const std::vector<std::string>& cells) {
    return text("  ", join(cells, " & "), " \\\\\n");
  };
  std::string alignment;
  for (const Grid::Column& column : grid.columns())
    alignment += column.align == Grid::Align::right ? 'r' : 'l';
  std::string lines = text("\\begin{tabular}{", alignment, "}\n  \\hline\n",
                           line(escaped_titles(grid, &latex_escape)), "  \\hline\n");
  for (const auto& row : grid.rows()) lines += line(escaped_cells(row, &latex_escape));
  return lines + "  \\hline\n\\end{tabular}\n";
}

std::string short_number(double value) {
  constexpr double exact_below = 1e15;
  char buffer[32];
  const bool is_whole = std::isfinite(value) && value == std::floor(value) && std::fabs(value) < exact_below;
  std::snprintf(buffer, sizeof buffer, is_whole ? "%.0f" : "%.4g", value);
  return buffer;
}

}  // namespace assay::report
