#include "datasets/csv.h"

#include <utility>

#include "core/text.h"
#include "datasets/csv_columns.h"
#include "datasets/csv_labels.h"
#include "datasets/csv_table.h"

namespace assay::datasets {
namespace {

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

// [rows, inputs]: numbers as they are, an input for each name of a category.
Array inputs_of(const CsvTable& table) {
  std::vector<NumberedLabels> categories;
  for (const CsvLabels& labels : table.categories) categories.push_back(number_labels(labels));
  const std::int64_t n_numbers = std::ssize(table.numbers) / table.rows;
  std::int64_t width = n_numbers;
  for (const NumberedLabels& category : categories) width += std::ssize(category.names);
  Array x(Dtype::f32, {table.rows, width});
  float* next = x.as<float>();
  for (std::int64_t row = 0; row < table.rows; ++row) {
    for (const CsvTable::Input& input : table.inputs) {
      if (!input.is_category) {
        *next++ = table.numbers[static_cast<std::size_t>(row * n_numbers) + input.place];
        continue;
      }
      const NumberedLabels& category = categories[input.place];
      const std::int64_t here = category.rows.as<std::int64_t>()[row];
      for (std::int64_t i = 0; i < std::ssize(category.names); ++i) *next++ = i == here ? 1.0F : 0.0F;
    }
  }
  return x;
}

std::vector<Feature> features_of(const CsvTable& table) {
  std::vector<Feature> features;
  for (std::size_t i = 0; i < table.inputs.size(); ++i) {
    Feature& feature = features.emplace_back(Feature{table.input_names[i], table.inputs[i].is_category});
    if (!feature.is_category) continue;
    for (const auto& [name, number] : table.categories[table.inputs[i].place].numbers)
      feature.categories.push_back(name);
  }
  return features;
}

// "takes no notice of columns id, date: the model has not seen them"
std::string unused_text(const CsvTable& table) {
  std::vector<std::string> names;
  for (const std::string& name : table.unused) names.push_back(shortened(name));
  return text("takes no notice of ", names.size() == 1 ? "column " : "columns ", join(names, ", "),
              ": the model has not seen ", names.size() == 1 ? "it" : "them");
}

}  // namespace

Csv::Csv(const Params& params, const Needs& needs) {
  fill(params, needs, read_data_file(needs.input.empty() ? params.file.text : needs.input));
}

void CsvDataset::fill(const CsvParams& params, const Needs& needs, const ReadFile& file) {
  params_ = params;
  path_ = file.path;
  const CsvTable table = read_csv_table(params, file, {needs.is_labelled, needs.legend});
  facts_.files.push_back(file.record);
  if (table.skipped > 0) facts_.omissions.push_back(omission_text(table));
  if (!table.unused.empty()) facts_.omissions.push_back(unused_text(table));
  facts_.numbered = table.numbered;
  add_column("x", inputs_of(table));
  facts_.columns.back().features = features_of(table);
  if (needs.is_labelled) add_target(table, needs);
  for (const CsvLabels& kept : table.kept) {
    NumberedLabels labels = number_labels(kept);
    add_column(kept.name, std::move(labels.rows), std::move(labels.names));
  }
}

std::vector<TableColumn> CsvDataset::table_columns() const {
  return csv_columns(params_, read_data_file(path_));
}

void CsvDataset::add_target(const CsvTable& table, const Needs& needs) {
  if (params_.task != "regression") return add_classes(table, needs);
  facts_.task = {Task::Kind::regression, 1, {}};
  add_column("y", Array::of(table.values).reshaped({table.rows, 1}));
}

void CsvDataset::add_classes(const CsvTable& table, const Needs& needs) {
  NumberedLabels classes = number_classes(table, path_);
  add_column("y", std::move(classes.rows));
  facts_.task = {Task::Kind::classification, std::ssize(classes.names), {}};
  if (!are_counting(classes.names)) facts_.task.classes = std::move(classes.names);
  // The same classes, whose numbers may be spelt otherwise here.
  if (needs.legend != nullptr) facts_.task.classes = needs.legend->task.classes;
}

}  // namespace assay::datasets
