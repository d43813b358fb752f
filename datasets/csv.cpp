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
  for (const auto& [spelling, number] : table.label_numbers) {
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

Csv::Csv(const Params& params, const Needs& /*needs*/) {
  const ReadFile file = read_data_file(params.file.text);
  const CsvTable table = read_csv_table(params, file);
  facts_.files.push_back(file.record);
  add_column("x", Array::of(table.inputs).reshaped({table.rows, std::ssize(table.inputs) / table.rows}));
  if (params.task == "regression") {
    facts_.task = {Task::Kind::regression, 1, {}};
    add_column("y", Array::of(table.values).reshaped({table.rows, 1}));
    return;
  }
  Classes classes = number_classes(sorted_labels(table, file.path));
  if (classes.names.size() < 2) {
    throw Error(Kind::data, problem_in(file.path,
                                       text("the target, ", table.target, ", has one class only: '",
                                            shortened(classes.names.front()), "'"),
                                       "choose another target"));
  }
  std::vector<std::int64_t> numbers;
  for (const std::int64_t label : table.labels) {
    numbers.push_back(classes.of_label[static_cast<std::size_t>(label)]);
  }
  add_column("y", Array::of(numbers));
  facts_.task = {Task::Kind::classification, std::ssize(classes.names), {}};
  if (!are_counting(classes.names)) facts_.task.classes = std::move(classes.names);
}

}  // namespace assay::datasets
