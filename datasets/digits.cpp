#include "datasets/digits.h"

#include "core/text.h"
#include "datasets/csv_labels.h"
#include "datasets/csv_reader.h"
#include "datasets/published.h"

namespace assay::datasets {
namespace {

Publication digits() {
  return {"digits",
          "digits",
          "archive.ics.uci.edu/dataset/80 and ships with assay in datasets/data",
          "CC BY 4.0",
          {""},
          {{"digits.csv", 264712, "6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8"}},
          std::nullopt,
          true};
}

}  // namespace

std::vector<Publication> DigitsParams::publications() { return {digits()}; }

DatasetOutline DigitsParams::outline() const {
  return {
      Task::Kind::classification,
      Json(Json::Map{
          {"type", "fractions"}, {"train", "70%"}, {"valid", "15%"}, {"test", "15%"}, {"stratify", true}})};
}

namespace {

// A table as it is published: 64 grey values, then the digit.
DataLegend digits_legend() {
  DataLegend legend{{Task::Kind::classification, 10, {}}, {{"x", Dtype::f32, {64}}}, NumberedColumns{65, 64}};
  for (int i = 0; i < 64; ++i) legend.inputs.front().features.push_back({text(i)});
  return legend;
}

}  // namespace

void Digits::read_input(const Needs& needs) {
  CsvParams params;
  params.target = "64";
  params.task = "classification";
  const ReadFile file = read_data_file(needs.input);
  const DataLegend legend = digits_legend();
  const CsvTable table = read_csv_table(params, file, {needs.is_labelled, &legend});
  add_column("x", Array::of(table.numbers).reshaped({table.rows, 1, 8, 8}));
  if (needs.is_labelled) add_column("y", number_classes(table, file.path).rows);
  facts_.task = legend.task;
  facts_.files.push_back(file.record);
}

Digits::Digits(const Params& /*params*/, const Needs& needs) {
  if (!needs.input.empty()) {
    read_input(needs);
    return;
  }
  const std::vector<ReadFile> files = read_published(digits(), needs.roots);
  std::vector<float> images;
  std::vector<std::int64_t> labels;
  CsvReader reader(files.front().bytes, ',');
  CsvRow row;
  // The checksum has shown that there are 64 grey values and a digit in every row.
  while (reader.next(row)) {
    ASSAY_ASSERT(row.cells.size() == 65);
    for (std::size_t i = 0; i < 64; ++i)
      images.push_back(static_cast<float>(parse_integer(row.cells[i].text).value()));
    labels.push_back(parse_integer(row.cells[64].text).value());
  }
  facts_.files.push_back(files.front().record);
  facts_.task = {Task::Kind::classification, 10, {}};
  add_column("x", Array::of(images).reshaped({std::ssize(labels), 1, 8, 8}));
  add_column("y", Array::of(labels));
}

}  // namespace assay::datasets
