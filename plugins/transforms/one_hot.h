// Whole numbers to indicators: `transforms: [{type: one_hot, classes: 10}]`.
#pragma once

#include <cstdint>

#include "registry/contracts/transform.h"

namespace assay::transforms {

struct OneHotParams {
  std::int64_t classes = 0;

  static void describe(Fields<OneHotParams>& f) {
    f.about(
        "Every whole number from 0 to classes - 1 becomes a vector of zeros with a 1 at that place: [...] of "
        "any dtype to [..., classes] f32.");
    f.source("torch.nn.functional.one_hot");
    f("classes", &OneHotParams::classes, "how many different numbers there are", required, at_least(1));
  }
};

/// Throws Kind::data for a number that is none of the classes. Inverting gives the place of the largest
/// value.
class OneHot final : public Transform {
 public:
  using Params = OneHotParams;
  OneHot(const Params& params, const Needs& needs);

  Shape output(const Shape& input) const override;
  void fit(
      const std::function<void(const std::function<void(const ArrayView& block)>&)>& each_block) override;
  Array apply(const ArrayView& block) const override;
  Array invert(const ArrayView& block) const override;
  void save(StateWriter& out) const override;
  void load(const StateReader& in) override;

 private:
  Params params_;
};

}  // namespace assay::transforms
