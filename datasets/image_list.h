// Images that a table names: `dataset: {type: image_list, file: labels.csv, task: classification}`.
#pragma once

#include "datasets/csv.h"
#include "datasets/images.h"

namespace assay::datasets {

struct ImageListParams : ImageOptions {
  Path file;
  Path folder;
  std::string image = "0";
  std::string target = "-1";
  std::string task;
  std::vector<std::string> keep;
  std::string separator = ",";

  DatasetOutline outline() const;

  static void describe(Fields<ImageListParams>& f) {
    f.about(
        "Images that a table names, a row each: a PNG or JPEG file and what to predict of it. x [channels, "
        "height, width] u8; y a class or [1] f32. A first row whose image is no file is taken for a header.");
    f("file", &ImageListParams::file, "the table: CSV or the like", required);
    f("folder", &ImageListParams::folder, "what the names in it are relative to (default: its own folder)");
    f("image", &ImageListParams::image, "column of file names, by name or by number from 0");
    f("target", &ImageListParams::target, "column to predict, by name or by number, -1 being the last");
    f("task", &ImageListParams::task,
      "classification: the target is a label, text or whole number; regression: a number", required,
      one_of({"classification", "regression"}));
    f("keep", &ImageListParams::keep,
      "columns that no model sees, of names or numbers, for a split by `column` or `group`");
    f("separator", &ImageListParams::separator,
      "what stands between cells: one character, tab, or blanks for any run of blanks and tabs",
      separator_text);
    describe_images(f);
  }
};

/// Columns x, y, and those that are kept. Rows are in the order of the table.
class ImageList final : public ImageDataset {
 public:
  using Params = ImageListParams;
  ImageList(const Params& params, const Needs& needs);

 private:
  void add_targets(const CsvTable& table, const Needs& needs, const std::string& path,
                   const std::vector<std::size_t>& taken);
};

}  // namespace assay::datasets
