#include "runner/cli/grid_text.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/clock.h"
#include "core/text.h"
#include "runner/cli/progress.h"
#include "runner/cli/table.h"

namespace assay::cli {
namespace {

constexpr std::size_t longest_cell = 200;  // characters: a hostile text costs no more

std::string shown_cell(const report::Grid::Cell& cell) {
  std::string shown = report::shown(cell);
  if (shown.size() > 4 * longest_cell) shown.resize(4 * longest_cell);
  shown = printable(shown);
  std::replace(shown.begin(), shown.end(), '\t', ' ');
  return cut(shown, longest_cell);
}

/// Lines stay; what a terminal would obey becomes visible.
std::string harmless(const std::string& lines) {
  std::vector<std::string> parts = split(lines, '\n');
  for (std::string& part : parts) part = printable(part);
  return join(parts, "\n");
}

bool is_a_list_of_texts(const Json& value) {
  return value.is_list() && std::all_of(value.items().begin(), value.items().end(),
                                        [](const Json& item) { return item.is_text(); });
}

std::string joined(const Json& list) {
  std::vector<std::string> parts;
  for (const Json& item : list.items()) parts.push_back(item.text());
  return join(parts, " ");
}

}  // namespace

void describe_format(Syntax& syntax, std::string& format) {
  syntax.choice("--format", {"table", "json", "csv", "markdown", "latex"}, format,
                "table (default); json and csv hold numbers exactly");
}

std::string table_text(const report::Grid& grid, const Output& out, const std::vector<Style>& styles) {
  std::vector<Table::Column> columns;
  for (const report::Grid::Column& column : grid.columns()) {
    const bool is_right = column.align == report::Grid::Align::right;
    columns.push_back({cut(printable(column.title), longest_cell),
                       is_right ? Table::Align::right : Table::Align::left, Table::Fit::cut});
  }
  Table table(std::move(columns));
  for (std::size_t i = 0; i < grid.rows().size(); ++i) {
    std::vector<std::string> cells;
    for (const report::Grid::Cell& cell : grid.rows()[i]) cells.push_back(shown_cell(cell));
    table.row(std::move(cells), i < styles.size() ? styles[i] : Style::plain);
  }
  return table.text(out);
}

void write_exactly(Output& out, const std::string& text) {
  out.write(out.is_terminal() ? harmless(text) : text);
}

void write_grid(Output& out, const report::Grid& grid, const std::string& format,
                const std::vector<Style>& styles) {
  if (format == "table") return out.write(table_text(grid, out, styles));
  const std::string text = format == "csv"        ? report::csv(grid)
                           : format == "json"     ? report::json(grid)
                           : format == "markdown" ? report::markdown(grid)
                                                  : report::latex(grid);
  write_exactly(out, text);
}

report::Grid::Cell cell_of(const std::string& field, Json value) {
  std::string shown;
  if (value.is_null()) return {};
  if (field == "time" && value.is_number()) {
    shown = duration_text(value.real());
  } else if ((field == "best" || field.find('/') != std::string::npos) && value.is_number()) {
    const bool is_count = std::abs(value.real()) >= 2 && value.real() == std::floor(value.real());
    shown = is_count ? report::short_number(value.real()) : metric_text(value.real());
  } else if (value.is_real()) {
    shown = number_text(value.real());
  } else if (is_a_list_of_texts(value) && !value.items().empty()) {
    shown = joined(value);
  } else if (is_a_list_of_texts(value)) {
    return {std::move(value), " "};
  }
  return {std::move(value), std::move(shown)};
}

std::string short_run_name(const store::RunSummary& run) {
  constexpr int longest_name = 48;
  return text(cut(run.name, longest_name), '/', cut(run.id, longest_name));
}

std::vector<std::string> listed(const std::vector<std::string>& given) {
  std::vector<std::string> names;
  for (const std::string& one : given) {
    for (const std::string& name : split(one, ',')) {
      if (!trim(name).empty()) names.emplace_back(trim(name));
    }
  }
  return names;
}

}  // namespace assay::cli
