// Mean 0 and standard deviation 1 over the training rows: `transforms: [standardize]`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plugins/transforms/groups.h"
#include "registry/contracts/transform.h"

namespace assay::transforms {

struct StandardizeParams {
  std::string per = "feature";

  static void describe(Fields<StandardizeParams>& f) {
    f.about(
        "(x - mean) / sd with mean and population standard deviation of the training rows; an sd of 0 "
        "counts as 1. Takes any numbers, gives f32.");
    f.source("sklearn.preprocessing.StandardScaler");
    f("per", &StandardizeParams::per,
      "what shares a mean and an sd: each value of a sample (feature), each first axis of it (channel), or "
      "all",
      per_choices);
  }
};

/// Block [rows, ...] of any dtype -> the same shape, f32. Sums run in double precision, block by block, and
/// blocks are merged by their means, so that large offsets lose no digits. Source: Chan, Golub and LeVeque
/// 1983, "Algorithms for computing the sample variance", eq. 2.1.
class Standardize final : public Transform {
 public:
  using Params = StandardizeParams;
  Standardize(const Params& params, const Needs& needs);

  Shape output(const Shape& input) const override;
  void fit(
      const std::function<void(const std::function<void(const ArrayView& block)>&)>& each_block) override;
  Array apply(const ArrayView& block) const override;
  Array invert(const ArrayView& block) const override;
  void save(StateWriter& out) const override;
  void load(const StateReader& in) override;

 private:
  struct Moments;
  void add_block(const ArrayView& block, Moments& moments) const;

  Params params_;
  std::vector<double> mean_;
  std::vector<double> sd_;
};

}  // namespace assay::transforms
