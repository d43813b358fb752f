// Small handwritten digits, which ship with assay: for first steps and tests.
#pragma once

#include "registry/contracts/dataset.h"

namespace assay::datasets {

struct DigitsParams {
  static constexpr bool reads_input = true;
  /// 70/15/15, stratified.
  DatasetOutline outline() const;
  static std::vector<Publication> publications();

  static void describe(Fields<DigitsParams>& f) {
    f.about(
        "1797 handwritten digits: x [1, 8, 8] f32 with grey values from 0 to 16, 10 classes. Ships with "
        "assay.");
    f.source("Alpaydin and Kaynak 1998, UCI Machine Learning Repository, data set 80 (test part)");
  }
};

class Digits final : public TableDataset {
 public:
  using Params = DigitsParams;
  Digits(const Params& params, const Needs& needs);

 private:
  void read_input(const Needs& needs);
};

}  // namespace assay::datasets
