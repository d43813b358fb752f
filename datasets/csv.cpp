#include "datasets/csv.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "core/text.h"
#include "datasets/csv_table.h"

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

struct Classes {
  std::vector<std::int64_t> of_label;  // class of the label that appeared as number i
  std::vector<std::string> names;
};

// Two spellings of one number, as 1 and 1.0, are one class.
Classes number_classes(const std::vector<Label>& labels) {
  Classes out{std::vector<std::int64_t>(labels.size()), {}};
  const Label* previous = nullptr;
  for (const Label& label : labels) {
    const bool is_same = previous && label.value && previous->value && *label.value == *previous->value;
    if (!is_same) out.names.push_back(label.spelling);
    out.of_label[static_cast<std::size_t>(label.number)] = std::ssize(out.names) - 1;
    previous = &label;
  }
  return out;
}

bool are_counting(const std::vector<std::string>& names) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] != text(i)) return false;
  }
  return true;
}

}  // namespace

Rule separator_text() {
  return {"one character, tab or blanks",
          [](const Json& value) {
            const std::string& written = value.text();
            if (written == "tab" || written == "blanks") return true;
            return written.size() == 1 && written != "\"" && written != "\n" && written != "\r";
          },
          Json::map()};
}

DatasetOutline CsvParams::outline() const {
  const bool has_classes = task == "classification";
  return {has_classes ? Task::Kind::classification : Task::Kind::regression,
          Json(Json::Map{{"type", "fractions"},
                         {"train", "70%"},
                         {"valid", "15%"},
                         {"test", "15%"},
                         {"stratify", has_classes}})};
}

namespace {

// Numbers from 0 in ascending order of the names.
struct Renumbered {
  Array rows;  // [rows] i64
  std::vector<std::string> names;
};

Renumbered renumber(const CsvLabels& labels) {
  Renumbered out{Array(Dtype::i64, {std::ssize(labels.rows)}), {}};
  std::vector<std::int64_t> final_number(labels.numbers.size());
  for (const auto& [name, number] : labels.numbers) {
    final_number[static_cast<std::size_t>(number)] = std::ssize(out.names);
    out.names.push_back(name);
  }
  for (std::size_t row = 0; row < labels.rows.size(); ++row) {
    out.rows.as<std::int64_t>()[row] = final_number[static_cast<std::size_t>(labels.rows[row])];
  }
  return out;
}

// [rows, inputs]: numbers as they are, an input for each name of a category.
Array inputs_of(const CsvTable& table) {
  std::vector<Renumbered> categories;
  for (const CsvLabels& labels : table.categories) categories.push_back(renumber(labels));
  const std::int64_t n_numbers = std::ssize(table.numbers) / table.rows;
  std::int64_t width = n_numbers;
  for (const Renumbered& category : categories) width += std::ssize(category.names);
  Array x(Dtype::f32, {table.rows, width});
  float* next = x.as<float>();
  for (std::int64_t row = 0; row < table.rows; ++row) {
    for (const CsvTable::Input& input : table.inputs) {
      if (!input.is_category) {
        *next++ = table.numbers[static_cast<std::size_t>(row * n_numbers) + input.place];
        continue;
      }
      const Renumbered& category = categories[input.place];
      const std::int64_t here = category.rows.as<std::int64_t>()[row];
      for (std::int64_t i = 0; i < std::ssize(category.names); ++i) *next++ = i == here ? 1.0F : 0.0F;
    }
  }
  return x;
}

}  // namespace

Csv::Csv(const Params& params, const Needs& /*needs*/) { fill(params, read_data_file(params.file.text)); }

void CsvDataset::fill(const CsvParams& params, const ReadFile& file) {
  const CsvTable table = read_csv_table(params, file);
  facts_.files.push_back(file.record);
  if (table.skipped > 0) {
    facts_.omissions.push_back(text("leaves out ", table.skipped, " of ", table.rows + table.skipped,
                                    " rows, which cannot be read: lines ", join(table.skipped_lines, ", "),
                                    table.skipped > std::ssize(table.skipped_lines) ? ", ..." : ""));
  }
  add_column("x", inputs_of(table));
  if (params.task == "regression") {
    facts_.task = {Task::Kind::regression, 1, {}};
    add_column("y", Array::of(table.values).reshaped({table.rows, 1}));
  } else {
    add_classes(table, file.path);
  }
  for (const CsvLabels& kept : table.kept) {
    Renumbered labels = renumber(kept);
    add_column(kept.name, std::move(labels.rows), std::move(labels.names));
  }
}

void CsvDataset::add_classes(const CsvTable& table, const std::string& path) {
  Classes classes = number_classes(sorted_labels(table, path));
  if (classes.names.size() < 2) {
    throw Error(Kind::data, problem_in(path,
                                       text("the target, ", table.target, ", has one class only: '",
                                            shortened(classes.names.front()), "'"),
                                       "choose another target"));
  }
  std::vector<std::int64_t> numbers;
  for (const std::int64_t label : table.classes.rows) {
    numbers.push_back(classes.of_label[static_cast<std::size_t>(label)]);
  }
  add_column("y", Array::of(numbers));
  facts_.task = {Task::Kind::classification, std::ssize(classes.names), {}};
  if (!are_counting(classes.names)) facts_.task.classes = std::move(classes.names);
}

}  // namespace assay::datasets
