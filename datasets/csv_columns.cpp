#include "datasets/csv_columns.h"

#include <algorithm>
#include <functional>
#include <set>

#include "core/text.h"
#include "datasets/csv_reader.h"
#include "datasets/csv_table.h"
#include "datasets/csv_types.h"

namespace assay::datasets {
namespace {

constexpr std::size_t most_counted = 1000;
constexpr std::size_t most_named = 4;

// What is known of a column after some of its cells.
class Seen {
 public:
  void add(std::string_view cell) {
    if (is_missing_cell(cell)) {
      ++missing_;
      return;
    }
    holds_names_ = (distinct_.empty() || holds_names_) && !is_like_number(cell);
    const auto number = parse_real(cell);
    are_numbers_ = are_numbers_ && number;
    are_whole_ = are_whole_ && parse_integer(cell);
    if (number) {
      least_ = has_number_ ? std::min(least_, *number) : *number;
      most_ = has_number_ ? std::max(most_, *number) : *number;
      has_number_ = true;
    }
    if (distinct_.find(cell) != distinct_.end()) return;
    has_more_ = has_more_ || distinct_.size() == most_counted;
    if (!has_more_) distinct_.emplace(cell);
  }

  TableColumn finish(std::string name, std::string use) const {
    if (use == "input" && holds_names_) use = "category";
    TableColumn out{std::move(name), std::move(use), type(), missing_, std::ssize(distinct_), has_more_};
    if (out.type == "name") {
      for (auto at = distinct_.begin(); at != distinct_.end() && out.names.size() < most_named; ++at)
        out.names.push_back(*at);
    } else {
      out.least = least_;
      out.most = most_;
    }
    return out;
  }

 private:
  std::string type() const {
    if (distinct_.empty()) return "nothing";
    return are_whole_ ? "whole number" : are_numbers_ ? "number" : "name";
  }

  std::int64_t missing_ = 0;
  bool are_numbers_ = true;
  bool are_whole_ = true;
  bool has_number_ = false;
  bool holds_names_ = false;  // and nothing like a number
  double least_ = 0, most_ = 0;
  std::set<std::string, std::less<>> distinct_;
  bool has_more_ = false;
};

// What each column is used for.
std::vector<std::string> uses_of(const CsvParams& params, const std::vector<std::string>& names,
                                 std::size_t n_columns) {
  std::vector<std::string> uses(n_columns, params.inputs.empty() ? "input" : "not used");
  const auto set = [&](const std::vector<std::string>& written, const char* use) {
    for (const std::string& name : written) {
      if (const auto column = csv_column(name, names, n_columns)) uses[*column] = use;
    }
  };
  set(params.inputs, "input");
  set(params.keep, "kept");
  set(params.categories, "category");
  set({params.target}, "target");
  return uses;
}

}  // namespace

std::vector<TableColumn> csv_columns(const CsvParams& params, const ReadFile& file) {
  CsvReader reader(file.bytes, separator_char(params.separator));
  reader.skip_lines(params.skip_lines);
  CsvRow row;
  if (!reader.next(row)) return {};
  const std::size_t n_columns = row.cells.size();
  std::vector<std::string> names;
  const bool has_header = holds_names(params, row);
  if (has_header) {
    for (const CsvCell& cell : row.cells) names.emplace_back(cell.text);
  }
  std::vector<Seen> seen(n_columns);
  for (bool is_row = !has_header || reader.next(row); is_row; is_row = reader.next(row)) {
    if (row.cells.size() != n_columns || !row.fault.empty()) continue;
    for (std::size_t i = 0; i < n_columns; ++i) seen[i].add(row.cells[i].text);
  }
  const std::vector<std::string> uses = uses_of(params, names, n_columns);
  std::vector<TableColumn> out;
  for (std::size_t i = 0; i < n_columns; ++i) {
    const bool has_name = has_header && !names[i].empty();
    out.push_back(seen[i].finish(has_name ? names[i] : text(i), uses[i]));
  }
  return out;
}

}  // namespace assay::datasets
