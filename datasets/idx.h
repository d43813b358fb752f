// Images and labels in pairs of IDX files: `dataset: {type: idx, train_images: ..., train_labels: ...}`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "datasets/files.h"
#include "registry/contracts/dataset.h"

namespace assay::datasets {

struct IdxParams {
  Path train_images;
  Path train_labels;
  Path test_images;
  Path test_labels;
  std::vector<std::string> classes;

  static constexpr bool reads_input = true;
  /// With test files: the official split, and the last 10% of train to validate on. Without: shares.
  DatasetOutline outline() const;

  static void describe(Fields<IdxParams>& f) {
    f.about(
        "Classification from IDX files, the format of MNIST, packed or not. x keeps the type of its files.");
    f("train_images", &IdxParams::train_images,
      "file of training inputs [rows, ...]; [rows, height, width] become [rows, 1, height, width]", required);
    f("train_labels", &IdxParams::train_labels, "file of training labels [rows]: whole numbers from 0",
      required);
    f("test_images", &IdxParams::test_images, "file of test inputs, if there are some");
    f("test_labels", &IdxParams::test_labels, "file of test labels");
    f("classes", &IdxParams::classes,
      "names of the classes 0, 1, ... (default: as many classes as the largest label says)");
    f.check("test_images and test_labels are written together",
            [](const IdxParams& p) { return p.test_images.is_set() == p.test_labels.is_set(); });
  }
};

/// Two files that belong together.
struct IdxPair {
  ReadFile images;
  ReadFile labels;
};

/// Columns x [channels, height, width] (or what the files hold), in the files' type, and y i64; train rows
/// first.
class IdxTable : public TableDataset {
 protected:
  /// `classes` may be empty. Throws Kind::data with every problem in any of the files.
  void fill(const IdxPair& train, const std::optional<IdxPair>& test, std::vector<std::string> classes);
  /// Images without labels: those of Needs::input.
  void fill_input(const Needs& needs);
};

class Idx final : public IdxTable {
 public:
  using Params = IdxParams;
  Idx(const Params& params, const Needs& needs);
};

}  // namespace assay::datasets
