// A fixed linear map of every value: `transforms: [scale]` brings 8-bit images to 0..1.
#pragma once

#include <optional>

#include "registry/contracts/transform.h"

namespace assay::transforms {

struct ScaleParams {
  std::optional<double> factor;
  double divide_by = 255;
  double offset = 0;

  static void describe(Fields<ScaleParams>& f) {
    f.about(
        "x * factor + offset, or x / divide_by + offset: the same for every value. Takes any numbers, gives "
        "f32.");
    f("factor", &ScaleParams::factor, "what to multiply by (default: divide by divide_by instead)");
    f("divide_by", &ScaleParams::divide_by, "what to divide by; the default brings 8-bit values to 0..1");
    f("offset", &ScaleParams::offset, "what to add afterwards");
    f.check("factor and divide_by are not both written",
            [](const ScaleParams& p) { return !p.factor || p.divide_by == ScaleParams{}.divide_by; });
    f.check("factor and divide_by are not 0",
            [](const ScaleParams& p) { return p.divide_by != 0 && (!p.factor || *p.factor != 0); });
  }
};

/// Block [rows, ...] of any dtype -> the same shape, f32. Computed in double precision.
class Scale final : public Transform {
 public:
  using Params = ScaleParams;
  Scale(const Params& params, const Needs& needs);

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
