#include "runner/cli/predictions_file.h"

#include <charconv>

#include "core/io/h5.h"
#include "core/text.h"
#include "registry/contracts/legend.h"
#include "runner/report/grid.h"

namespace assay::cli {
namespace {

constexpr std::int64_t format_version = 1;

using report::csv_cell;

bool has_classes(const PredictedRows& rows) { return rows.task.kind == Task::Kind::classification; }
bool has_spread(const PredictedRows& rows) { return rows.predictions.spread.data() != nullptr; }

void append_number(std::string& out, double value) {
  char buffer[32];
  out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, static_cast<float>(value)).ptr);
}

/// Of the values of a row: `probability_setosa`, `prediction`, `prediction_0`.
std::vector<std::string> value_names(const PredictedRows& rows) {
  std::vector<std::string> names;
  for (std::int64_t i = 0; i < rows.task.outputs; ++i) {
    if (has_classes(rows)) {
      names.push_back("probability_" + class_name(rows.task, i));
    } else {
      names.push_back(rows.task.outputs == 1 ? "prediction" : text("prediction_", i));
    }
  }
  return names;
}

std::string header(const PredictedRows& rows) {
  std::vector<std::string> cells;
  if (!rows.row_names.empty()) cells.emplace_back("file");
  if (has_classes(rows)) cells.emplace_back("prediction");
  for (const std::string& name : value_names(rows)) {
    cells.push_back(csv_cell(name));
    if (has_spread(rows)) cells.push_back(csv_cell(name + "_sd"));
  }
  return join(cells, ",") + '\n';
}

}  // namespace

std::string predictions_csv(const PredictedRows& rows) {
  const Predictions& found = rows.predictions;
  const std::int64_t count = found.values.shape()[0], width = found.values.shape()[1];
  std::vector<std::string> classes;
  for (const std::string& name : has_classes(rows) ? class_names(rows.task) : std::vector<std::string>())
    classes.push_back(csv_cell(name));
  std::string out = header(rows);
  for (std::int64_t row = 0; row < count; ++row) {
    if (!rows.row_names.empty()) out += csv_cell(rows.row_names[static_cast<std::size_t>(row)]) + ',';
    if (has_classes(rows)) {
      const std::int64_t number = found.classes.as<std::int64_t>()[row];
      out += classes[static_cast<std::size_t>(number)] + ',';
    }
    for (std::int64_t i = row * width; i < (row + 1) * width; ++i) {
      append_number(out, found.values.as<double>()[i]);
      out += ',';
      if (!has_spread(rows)) continue;
      append_number(out, found.spread.as<double>()[i]);
      out += ',';
    }
    out.back() = '\n';
  }
  return out;
}

std::string predictions_h5(const PredictedRows& rows, const PredictionSource& source) {
  const Predictions& found = rows.predictions;
  h5::Writer file;
  file.attribute("/", "format", "assay.predictions");
  file.attribute("/", "format_version", format_version);
  file.attribute("/", "task", to_string(rows.task.kind));
  file.attribute("/", "run", source.run);
  file.attribute("/", "step", source.step);
  file.attribute("/", "input", source.input);
  file.attribute("/", "passes", source.passes);
  file.attribute("/", "dropout", static_cast<std::int64_t>(source.has_dropout ? 1 : 0));
  const std::string values = has_classes(rows) ? "probability" : "prediction";
  if (has_classes(rows)) {
    file.texts("classes", class_names(rows.task));
    file.array("prediction", found.classes);
  }
  file.array(values, found.values);
  if (has_spread(rows)) file.array(values + "_sd", found.spread);
  if (!rows.row_names.empty()) file.texts("file", rows.row_names);
  return file.finish();
}

}  // namespace assay::cli
