#include "plugins/transforms/scale.h"

#include "plugins/transforms/elements.h"

namespace assay::transforms {

Scale::Scale(const Params& params, const Needs& /*needs*/) : params_(params) {}

Shape Scale::output(const Shape& input) const { return {input.sizes, Dtype::f32}; }

Array Scale::apply(const ArrayView& block) const {
  const double offset = params_.offset;
  // Dividing by 255 and multiplying by 1/255 differ in the last bit, so each is done as written.
  if (params_.factor) {
    return map_elements(block, [=, by = *params_.factor](std::int64_t, double x) { return x * by + offset; });
  }
  return map_elements(block, [=, by = params_.divide_by](std::int64_t, double x) { return x / by + offset; });
}

Array Scale::invert(const ArrayView& block) const {
  const double offset = params_.offset;
  if (params_.factor) {
    return map_elements(block,
                        [=, by = *params_.factor](std::int64_t, double y) { return (y - offset) / by; });
  }
  return map_elements(block,
                      [=, by = params_.divide_by](std::int64_t, double y) { return (y - offset) * by; });
}

// Nothing is learned from data: parameters say it all.
void Scale::fit(
    const std::function<void(const std::function<void(const ArrayView& block)>&)>& /*each_block*/) {}
void Scale::save(StateWriter& /*out*/) const {}
void Scale::load(const StateReader& /*in*/) {}

}  // namespace assay::transforms
