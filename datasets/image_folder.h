// Images in a folder per class: `dataset: {type: image_folder, folder: flowers}`.
#pragma once

#include "datasets/images.h"

namespace assay::datasets {

struct ImageFolderParams : ImageOptions {
  Path folder;

  /// Shares, stratified; where the folder has parts, those, and a random 10% of train to validate on if there
  /// is no part for it.
  DatasetOutline outline() const;

  static void describe(Fields<ImageFolderParams>& f) {
    f.about(
        "Classification of images: a folder per class, whose name is the class's and which holds PNG or JPEG "
        "files, in folders of its own too. x [channels, height, width] u8. If the folder holds train/ and "
        "test/, or train/ and valid/ (val/, validation/), each with the class folders, these parts are its "
        "official split, which is used unless the config says another. Hidden files are passed over.");
    f("folder", &ImageFolderParams::folder, "the folder of the class folders, or of the parts", required);
    describe_images(f);
  }
};

/// Columns x, and y i64: classes in ascending order, of numbers by value, of texts by bytes. Rows are in the
/// order of parts, classes and file names.
class ImageFolder final : public ImageDataset {
 public:
  using Params = ImageFolderParams;
  ImageFolder(const Params& params, const Needs& needs);
  std::optional<SplitRows> official_split() const override { return official_; }

 private:
  std::optional<SplitRows> official_;
};

}  // namespace assay::datasets
