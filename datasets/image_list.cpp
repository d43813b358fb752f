#include "datasets/image_list.h"

#include <utility>

#include "core/io/files.h"
#include "core/text.h"
#include "datasets/csv_labels.h"
#include "datasets/csv_reader.h"
#include "datasets/image_files.h"
#include "registry/contracts/legend.h"

namespace assay::datasets {
namespace {

// What names in the table are relative to. Those of an input are to its own folder.
std::string folder_of(const ImageListParams& params, const Dataset::Needs& needs) {
  if (!needs.input.empty()) return parent_folder(needs.input);
  return params.folder.is_set() ? params.folder.text : parent_folder(params.file.text);
}

// Whether the first row holds names: it does unless its image is a file.
bool has_header(const ImageListParams& params, const CsvParams& table, const ReadFile& file,
                const std::string& folder) {
  const auto column = parse_integer(params.image);
  if (!column) return true;
  CsvReader reader(file.bytes, separator_char(table.separator));
  CsvRow row;
  if (!reader.next(row)) return false;
  const std::int64_t place = *column < 0 ? *column + std::ssize(row.cells) : *column;
  if (place < 0 || place >= std::ssize(row.cells)) return false;
  return !exists(join_path(folder, row.cells[static_cast<std::size_t>(place)].text));
}

CsvParams table_of(const ImageListParams& params, const ReadFile& file, const std::string& folder) {
  CsvParams table;
  table.inputs = {params.image};
  table.categories = {params.image};
  table.target = params.target;
  table.task = params.task;
  table.keep = params.keep;
  table.separator = params.separator;
  table.on_error = params.on_error;
  table.header = has_header(params, table, file, folder) ? "yes" : "no";
  return table;
}

std::vector<ImageFile> files_of(const CsvTable& table, const std::string& folder) {
  const NumberedLabels images = number_labels(table.categories.front());
  std::vector<ImageFile> files;
  for (std::int64_t row = 0; row < table.rows; ++row) {
    const std::string& name = images.names[static_cast<std::size_t>(images.rows.as<std::int64_t>()[row])];
    files.push_back({join_path(folder, name), name});
  }
  return files;
}

// Rows of a column, in the order of `places`.
Array rows_at(const Array& values, const std::vector<std::size_t>& places) {
  std::vector<std::int64_t> rows;
  for (const std::size_t place : places) rows.push_back(values.as<std::int64_t>()[place]);
  return Array::of(rows);
}

}  // namespace

DatasetOutline ImageListParams::outline() const {
  CsvParams table;
  table.task = task;
  return table.outline();
}

ImageList::ImageList(const Params& params, const Needs& needs) {
  if (!needs.is_labelled && (is_folder(needs.input) || is_named_like_an_image(needs.input))) {
    take_images(needs.input, images_in(needs.input), {}, params, needs);
    return;
  }
  const ReadFile file = read_data_file(needs.input.empty() ? params.file.text : needs.input);
  const std::string folder = folder_of(params, needs);
  const CsvTable table =
      read_csv_table(table_of(params, file, folder), file, {needs.is_labelled, needs.legend});
  facts_.files.push_back(file.record);
  if (table.skipped > 0) facts_.omissions.push_back(omission_text(table));
  const std::vector<std::size_t> taken =
      take_images(folder, files_of(table, folder), {file.path, table.lines}, params, needs);
  if (needs.is_labelled) add_targets(table, needs, file.path, taken);
  for (const CsvLabels& kept : table.kept) {
    NumberedLabels labels = number_labels(kept);
    add_column(kept.name, rows_at(labels.rows, taken), std::move(labels.names));
  }
}

void ImageList::add_targets(const CsvTable& table, const Needs& needs, const std::string& path,
                            const std::vector<std::size_t>& taken) {
  if (table.values.empty()) {
    NumberedLabels classes = number_classes(table, path);
    add_column("y", rows_at(classes.rows, taken));
    facts_.task = {Task::Kind::classification, std::ssize(classes.names),
                   needs.legend != nullptr ? needs.legend->task.classes : std::move(classes.names)};
    return;
  }
  std::vector<float> values;
  for (const std::size_t place : taken) values.push_back(table.values[place]);
  add_column("y", Array::of(values).reshaped({std::ssize(values), 1}));
  facts_.task = {Task::Kind::regression, 1, {}};
}

}  // namespace assay::datasets
