// MNIST and Fashion-MNIST as published: 60000 training and 10000 test images of 28 x 28 grey values.
#pragma once

#include "datasets/idx.h"

namespace assay::datasets {

struct MnistParams {
  static constexpr bool reads_input = true;
  DatasetOutline outline() const;
  static std::vector<Publication> publications();

  static void describe(Fields<MnistParams>& f) {
    f.about(
        "Handwritten digits: x [1, 28, 28] u8, 10 classes, 60000 to train and 10000 to test. Files as "
        "published, packed or not, in a folder mnist/ of a data folder; their checksums are compared.");
    f.source("LeCun, Cortes and Burges, The MNIST database of handwritten digits");
  }
};

struct FashionMnistParams {
  static constexpr bool reads_input = true;
  DatasetOutline outline() const;
  static std::vector<Publication> publications();

  static void describe(Fields<FashionMnistParams>& f) {
    f.about(
        "Pieces of clothing: x [1, 28, 28] u8, 10 classes, 60000 to train and 10000 to test. Files as "
        "published, packed or not, in a folder fashion-mnist/ of a data folder; their checksums are "
        "compared.");
    f.source("Xiao, Rasul and Vollgraf 2017, Fashion-MNIST");
  }
};

class Mnist final : public IdxTable {
 public:
  using Params = MnistParams;
  Mnist(const Params& params, const Needs& needs);
};

class FashionMnist final : public IdxTable {
 public:
  using Params = FashionMnistParams;
  FashionMnist(const Params& params, const Needs& needs);
};

}  // namespace assay::datasets
