#include "datasets/csv_labels.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/text.h"

namespace assay::datasets {
namespace {

struct Label {
  std::string spelling;
  std::int64_t number = 0;      // in order of appearance
  std::optional<double> value;  // if it is a number
};

// Numbers by value, else texts by bytes.
std::vector<Label> sorted_labels(const CsvTable& table, const std::string& path) {
  std::vector<Label> labels;
  for (const auto& [spelling, number] : table.classes.numbers) {
    labels.push_back({spelling, number, parse_real(spelling)});
  }
  const bool are_numbers =
      std::all_of(labels.begin(), labels.end(), [](const Label& l) { return l.value.has_value(); });
  if (!are_numbers) return labels;  // the map has sorted them
  const auto odd = std::find_if(labels.begin(), labels.end(),
                                [](const Label& l) { return *l.value != std::floor(*l.value); });
  if (odd != labels.end()) {
    throw Error(Kind::data, problem_in(path,
                                       text("the target, ", table.target, ", holds ", odd->spelling,
                                            ", which names no class"),
                                       "set `task: regression`, or choose another target"));
  }
  std::stable_sort(labels.begin(), labels.end(),
                   [](const Label& a, const Label& b) { return *a.value < *b.value; });
  return labels;
}

// [rows] of numbers in order of appearance, as those in `final_number`.
Array renumbered(const std::vector<std::int64_t>& rows, const std::vector<std::int64_t>& final_number) {
  Array out(Dtype::i64, {std::ssize(rows)});
  for (std::size_t row = 0; row < rows.size(); ++row) {
    out.as<std::int64_t>()[row] = final_number[static_cast<std::size_t>(rows[row])];
  }
  return out;
}

}  // namespace

NumberedLabels number_labels(const CsvLabels& labels) {
  NumberedLabels out;
  std::vector<std::int64_t> final_number(labels.numbers.size());
  for (const auto& [name, number] : labels.numbers) {
    final_number[static_cast<std::size_t>(number)] = std::ssize(out.names);
    out.names.push_back(name);
  }
  out.rows = renumbered(labels.rows, final_number);
  return out;
}

NumberedLabels number_classes(const CsvTable& table, const std::string& path) {
  const std::vector<Label> labels = sorted_labels(table, path);
  NumberedLabels out;
  std::vector<std::int64_t> final_number(labels.size());
  const Label* previous = nullptr;
  for (const Label& label : labels) {
    const bool is_same = previous && label.value && previous->value && *label.value == *previous->value;
    if (!is_same) out.names.push_back(label.spelling);
    final_number[static_cast<std::size_t>(label.number)] = std::ssize(out.names) - 1;
    previous = &label;
  }
  if (out.names.size() < 2) {
    throw Error(Kind::data, problem_in(path,
                                       text("the target, ", table.target, ", has one class only: '",
                                            shortened(out.names.front()), "'"),
                                       "choose another target"));
  }
  out.rows = renumbered(table.classes.rows, final_number);
  return out;
}

}  // namespace assay::datasets
