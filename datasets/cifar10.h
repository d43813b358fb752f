// CIFAR-10 as published: 50000 training and 10000 test images of 32 x 32 pixels in colour.
#pragma once

#include <string>
#include <string_view>

#include "registry/contracts/dataset.h"

namespace assay::datasets {

struct Cifar10Params {
  static constexpr bool reads_input = true;
  /// The publisher's test part, and the last 10% of train to validate on: its order is random.
  DatasetOutline outline() const;
  static std::vector<Publication> publications();

  static void describe(Fields<Cifar10Params>& f) {
    f.about(
        "Photographs of things and animals: x [3, 32, 32] u8, red, green and blue; 10 classes, 50000 to "
        "train "
        "and 10000 to test. The binary version as published, packed or not, in a folder "
        "cifar-10-batches-bin/ "
        "of a data folder; its checksums are compared.");
    f.source("Krizhevsky 2009, Learning multiple layers of features from tiny images");
  }
};

/// A file of the binary version: per image a byte with the class, then 1024 bytes each of red, green and
/// blue.
struct CifarBatch {
  Array images;  // u8 [n, 3, 32, 32]
  Array labels;  // i64 [n]
};

/// `name` is the file's. Throws Kind::data for a length that is no number of images, and a class above 9.
CifarBatch read_cifar(std::string_view bytes, const std::string& name);

class Cifar10 final : public TableDataset {
 public:
  using Params = Cifar10Params;
  Cifar10(const Params& params, const Needs& needs);

 private:
  void read_input(const Needs& needs);
};

}  // namespace assay::datasets
