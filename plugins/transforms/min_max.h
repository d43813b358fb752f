// From the least to the largest value of the training rows: `transforms: [min_max]`.
#pragma once

#include <string>
#include <vector>

#include "plugins/transforms/groups.h"
#include "registry/contracts/transform.h"

namespace assay::transforms {

struct MinMaxParams {
  std::string per = "feature";
  double low = 0;
  double high = 1;

  static void describe(Fields<MinMaxParams>& f) {
    f.about(
        "Brings the least value of the training rows to `low` and the largest to `high`; values that are all "
        "the same become `low`. Other rows may lie outside. Takes any numbers, gives f32.");
    f.source("scikit-learn, sklearn.preprocessing.MinMaxScaler");
    f("per", &MinMaxParams::per,
      "what shares a range: each value of a sample (feature), each first axis of it (channel), or all",
      per_choices);
    f("low", &MinMaxParams::low, "where the least value goes");
    f("high", &MinMaxParams::high, "where the largest value goes");
    f.check("low is below high", [](const MinMaxParams& p) { return p.low < p.high; });
  }
};

/// Block [rows, ...] of any dtype -> the same shape, f32. Computed in double precision.
class MinMax final : public Transform {
 public:
  using Params = MinMaxParams;
  MinMax(const Params& params, const Needs& needs);

  Shape output(const Shape& input) const override;
  void fit(
      const std::function<void(const std::function<void(const ArrayView& block)>&)>& each_block) override;
  Array apply(const ArrayView& block) const override;
  Array invert(const ArrayView& block) const override;
  void save(StateWriter& out) const override;
  void load(const StateReader& in) override;

 private:
  Params params_;
  std::vector<double> least_;
  std::vector<double> range_;  // largest - least; 1 where they are the same
};

}  // namespace assay::transforms
