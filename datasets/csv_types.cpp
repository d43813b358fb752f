#include "datasets/csv_types.h"

#include <algorithm>
#include <string_view>

#include "core/text.h"
#include "datasets/csv_reader.h"
#include "datasets/csv_table.h"

namespace assay::datasets {

bool is_like_number(std::string_view cell) {
  if (parse_real(cell)) return true;
  const std::size_t first = cell.find_first_not_of("+-.,");
  return first != std::string_view::npos && cell[first] >= '0' && cell[first] <= '9';
}

std::vector<std::size_t> columns_of_names(const CsvParams& params, const ReadFile& file,
                                          const std::vector<std::size_t>& columns) {
  CsvReader reader(file.bytes, separator_char(params.separator));
  reader.skip_lines(params.skip_lines);
  CsvRow row;
  if (!reader.next(row)) return {};
  const std::size_t n_columns = row.cells.size();
  std::vector<std::size_t> open = columns, named;
  const auto look = [&](std::size_t column) {
    const std::string_view cell = row.cells[column].text;
    if (is_missing_cell(cell)) return false;
    if (is_like_number(cell)) return true;  // and so decided
    if (std::find(named.begin(), named.end(), column) == named.end()) named.push_back(column);
    return false;
  };
  for (bool is_row = !holds_names(params, row) || reader.next(row); is_row && !open.empty();
       is_row = reader.next(row)) {
    if (row.cells.size() == n_columns && row.fault.empty()) std::erase_if(open, look);
  }
  std::erase_if(
      named, [&](std::size_t column) { return std::find(open.begin(), open.end(), column) == open.end(); });
  return named;
}

}  // namespace assay::datasets
