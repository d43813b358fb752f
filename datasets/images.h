// Images in files of their own, PNG or JPEG: what is common to a folder of them and to a list of them. They
// are decoded when rows are asked for, so that a collection may be larger than memory.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "datasets/image_scan.h"
#include "registry/contracts/dataset.h"

namespace assay::datasets {

struct ImageOptions {
  static constexpr bool reads_input = true;
  std::string channels = "auto";
  std::optional<std::vector<std::int64_t>> size;
  std::string fit = "stretch";
  std::string on_error = "fail";

  template <class P>
  static void describe_images(Fields<P>& f) {
    std::string P::*channels = &P::channels;  // members of this struct, as ones of what inherits it
    std::optional<std::vector<std::int64_t>> P::*size = &P::size;
    std::string P::*fit = &P::fit;
    std::string P::*on_error = &P::on_error;
    f("channels", channels,
      "1: grey, 0.299 R + 0.587 G + 0.114 B of colours; 3: red, green, blue; auto: 1 if every image is grey, "
      "else 3. Transparency is dropped, 16 bits become 8",
      one_of({"auto", "1", "3"}));
    f("size", size,
      "[height, width] to which every image is scaled (default: that of the files, which must be of one "
      "size)",
      length(2) && each(at_least(1)));
    f("fit", fit,
      "how: `stretch` takes the whole image, whatever becomes of its proportions; `crop` scales it until it "
      "covers `size` and takes the middle. Both are bilinear, as Pillow's",
      one_of({"stretch", "crop"}));
    f("on_error", on_error,
      "an image that cannot be read: `fail` names it; `skip` decodes every image before the start, leaves "
      "out what cannot be read and counts it in a warning",
      one_of({"fail", "skip"}));
  }
};

/// The lines of a table that name images, in their order; none for images that no table names.
struct ImageLines {
  std::string table;
  std::vector<int> lines;
};

/// Column x u8 [channels, height, width], read row by row; then those that are added, in memory.
class ImageDataset : public Dataset {
 public:
  const DatasetFacts& facts() const override { return facts_; }
  /// Nothing for x.
  std::optional<ArrayView> column(std::size_t index) const override;
  void gather(std::size_t index, std::span<const std::int64_t> rows, std::byte* out) const override;

 protected:
  /// Scans the files and takes those that can be read; returns their places in `files`. `folder` holds them
  /// all and stands in the record. With a legend, images become what they are to the model, and without
  /// labels none is left out. Throws Kind::data with up to ten problems.
  std::vector<std::size_t> take_images(const std::string& folder, std::vector<ImageFile> files,
                                       ImageLines lines, const ImageOptions& options, const Needs& needs);
  /// A column beside x [rows, ...].
  void add_column(std::string name, Array values, std::vector<std::string> names = {});

  DatasetFacts facts_;

 private:
  void choose_channels(const ImageScan& scan, const std::string& written);
  void choose_size(const ImageScan& scan, const ImageOptions& options);
  void expect_known_size(const ImageScan& scan, const DataLegend& legend) const;
  void read_row(std::int64_t row, std::byte* out) const;

  std::vector<ImageFile> files_;  // by row
  ImageLines lines_;              // the same
  std::int64_t channels_ = 1, height_ = 0, width_ = 0;
  bool is_scaled_ = false;
  std::string fit_;
  std::vector<Array> columns_;  // from the second on
};

}  // namespace assay::datasets
