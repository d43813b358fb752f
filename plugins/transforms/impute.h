// Fills in missing values: `transforms: [impute, standardize]`.
#pragma once

#include <string>
#include <vector>

#include "plugins/transforms/groups.h"
#include "registry/contracts/transform.h"

namespace assay::transforms {

struct ImputeParams {
  std::string with = "mean";
  double value = 0;
  std::string per = "feature";

  static void describe(Fields<ImputeParams>& f) {
    f.about(
        "Replaces missing values (nan) by what the training rows have there, or by a constant; where they "
        "have nothing, by `value`. Takes any numbers, gives f32.");
    f.source("scikit-learn, sklearn.impute.SimpleImputer");
    f("with", &ImputeParams::with, "mean or median of the values there are, or constant for `value`",
      one_of({"mean", "median", "constant"}));
    f("value", &ImputeParams::value, "the constant");
    f("per", &ImputeParams::per,
      "what shares a value: each value of a sample (feature), each first axis of it (channel), or all",
      per_choices);
  }
};

/// Block [rows, ...] of any dtype -> the same shape, f32. Inverting leaves values as they are: what was
/// missing is not known any more.
class Impute final : public Transform {
 public:
  using Params = ImputeParams;
  Impute(const Params& params, const Needs& needs);

  Shape output(const Shape& input) const override;
  void fit(
      const std::function<void(const std::function<void(const ArrayView& block)>&)>& each_block) override;
  Array apply(const ArrayView& block) const override;
  Array invert(const ArrayView& block) const override;
  void save(StateWriter& out) const override;
  void load(const StateReader& in) override;

 private:
  Params params_;
  std::vector<double> fill_;
};

}  // namespace assay::transforms
