#include "plugins/transforms/one_hot.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/text.h"
#include "plugins/transforms/elements.h"

namespace assay::transforms {

OneHot::OneHot(const Params& params, const Needs& /*needs*/) : params_(params) {}

Shape OneHot::output(const Shape& input) const {
  Shape out{input.sizes, Dtype::f32};
  out.sizes.push_back(params_.classes);
  return out;
}

Array OneHot::apply(const ArrayView& block) const {
  std::vector<std::int64_t> shape = block.shape;
  shape.push_back(params_.classes);
  Array out(Dtype::f32, std::move(shape));
  std::fill_n(out.as<float>(), out.count(), 0.0F);
  for_each_element(block, [&](std::int64_t i, double x) {
    if (!(x >= 0 && x < static_cast<double>(params_.classes) && x == std::floor(x))) {
      throw Error(Kind::data,
                  Problem{{},
                          {},
                          text("meets ", x, ", which is no whole number from 0 to ", params_.classes - 1),
                          "raise `classes`, or leave out what is measured, not numbered"});
    }
    out.as<float>()[i * params_.classes + static_cast<std::int64_t>(x)] = 1;
  });
  return out;
}

Array OneHot::invert(const ArrayView& block) const {
  ASSAY_ASSERT(block.dtype == Dtype::f32 && block.shape.back() == params_.classes);
  Array out(Dtype::f32, {block.shape.begin(), block.shape.end() - 1});
  for (std::int64_t i = 0; i < out.count(); ++i) {
    const float* first = block.as<float>() + i * params_.classes;
    out.as<float>()[i] = static_cast<float>(std::max_element(first, first + params_.classes) - first);
  }
  return out;
}

// Nothing is learned from data: parameters say it all.
void OneHot::fit(
    const std::function<void(const std::function<void(const ArrayView& block)>&)>& /*each_block*/) {}
void OneHot::save(StateWriter& /*out*/) const {}
void OneHot::load(const StateReader& /*in*/) {}

}  // namespace assay::transforms
