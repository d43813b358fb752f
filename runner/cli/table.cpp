#include "runner/cli/table.h"

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "core/text.h"

namespace assay::cli {
namespace {

constexpr int gap = 2;
constexpr int narrowest_column = 12;  // what a column that gives way keeps at least

std::string blanks(int count) { return std::string(static_cast<std::size_t>(std::max(count, 0)), ' '); }

std::string without_final_blanks(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

}  // namespace

void Table::row(std::vector<std::string> cells, Style style) {
  ASSAY_ASSERT(cells.size() == columns_.size());
  rows_.push_back({std::move(cells), style});
}

// The natural width of every column (0: nothing in it); then those that may go do, the widest of the others
// shrink, and what still does not fit goes from the right.
std::vector<int> Table::widths(int available) const {
  std::vector<int> widths(columns_.size(), 0);
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    for (const Row& row : rows_) widths[c] = std::max(widths[c], columns_of(row.cells[c]));
    if (widths[c] > 0) widths[c] = std::max(widths[c], columns_of(columns_[c].title));
  }
  if (available <= 0) return widths;
  int total = -gap;
  for (const int width : widths) total += width > 0 ? width + gap : 0;
  for (std::size_t c = columns_.size(); c-- > 0 && total > available;) {
    if (columns_[c].fit != Fit::drop || widths[c] == 0) continue;
    total -= widths[c] + gap;
    widths[c] = 0;
  }
  while (total > available) {
    std::size_t widest = columns_.size();
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      if (columns_[c].fit == Fit::keep || columns_[c].fit == Fit::drop || widths[c] <= narrowest_column)
        continue;
      if (widest == columns_.size() || widths[c] > widths[widest]) widest = c;
    }
    if (widest == columns_.size()) break;
    --widths[widest];
    --total;
  }
  for (std::size_t c = columns_.size(); c-- > 1 && total > available;) {
    if (widths[c] == 0) continue;
    total -= widths[c] + gap;
    widths[c] = 0;
  }
  return widths;
}

std::string Table::line(const Row& row, const std::vector<int>& widths, const Output& out, int indent) const {
  std::vector<std::vector<std::string>> cells;
  std::size_t height = 1;
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    const bool wraps = columns_[c].fit == Fit::wrap;
    cells.push_back(wraps ? split(wrap(row.cells[c], widths[c], ""), '\n')
                          : std::vector<std::string>{cut(row.cells[c], widths[c])});
    height = std::max(height, cells.back().size());
  }
  std::string lines;
  for (std::size_t l = 0; l < height; ++l) {
    std::string one = blanks(indent);
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      if (widths[c] == 0) continue;
      const std::string cell = l < cells[c].size() ? cells[c][l] : std::string();
      const std::string padding = blanks(widths[c] - columns_of(cell));
      one += columns_[c].align == Align::right ? padding + cell : cell + padding;
      one += blanks(gap);
    }
    lines += out.paint(row.style, without_final_blanks(std::move(one))) + '\n';
  }
  return lines;
}

std::string Table::text(const Output& out, int indent) const {
  const std::vector<int> fitted = widths(out.width() > 0 ? out.width() - indent : 0);
  std::string lines;
  const auto has_title = [](const Column& column) { return !column.title.empty(); };
  if (std::any_of(columns_.begin(), columns_.end(), has_title)) {
    Row titles{{}, Style::dim};
    for (const Column& column : columns_) titles.cells.push_back(column.title);
    lines += line(titles, fitted, out, indent);
  }
  for (const Row& row : rows_) lines += line(row, fitted, out, indent);
  return lines;
}

}  // namespace assay::cli
