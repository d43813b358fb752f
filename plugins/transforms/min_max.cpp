#include "plugins/transforms/min_max.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/error.h"
#include "plugins/transforms/elements.h"

namespace assay::transforms {

MinMax::MinMax(const Params& params, const Needs& /*needs*/) : params_(params) {}

Shape MinMax::output(const Shape& input) const { return {input.sizes, Dtype::f32}; }

void MinMax::fit(const std::function<void(const std::function<void(const ArrayView& block)>&)>& each_block) {
  constexpr double infinite = std::numeric_limits<double>::infinity();
  std::vector<double> least, largest;
  each_block([&](const ArrayView& block) {
    const std::vector<std::size_t> groups = value_groups(params_.per, block);
    if (block.count() == 0) return;
    least.resize(groups.back() + 1, infinite);
    largest.resize(groups.back() + 1, -infinite);
    for_each_in_group(block, groups, [&](std::size_t g, double x) {
      least[g] = std::min(least[g], x);
      largest[g] = std::max(largest[g], x);
    });
  });
  least_ = std::move(least);
  range_.resize(least_.size());
  for (std::size_t g = 0; g < range_.size(); ++g) {
    range_[g] = largest[g] > least_[g] ? largest[g] - least_[g] : 1;
  }
}

Array MinMax::apply(const ArrayView& block) const {
  const std::vector<std::size_t> groups = value_groups(params_.per, block);
  ASSAY_ASSERT(groups.empty() || groups.back() + 1 == least_.size());
  const double width = params_.high - params_.low;
  return map_in_groups(block, groups, [&](std::size_t g, double x) {
    return (x - least_[g]) / range_[g] * width + params_.low;
  });
}

Array MinMax::invert(const ArrayView& block) const {
  const std::vector<std::size_t> groups = value_groups(params_.per, block);
  ASSAY_ASSERT(groups.empty() || groups.back() + 1 == least_.size());
  const double width = params_.high - params_.low;
  return map_in_groups(block, groups, [&](std::size_t g, double y) {
    return (y - params_.low) / width * range_[g] + least_[g];
  });
}

void MinMax::save(StateWriter& out) const {
  out.array("least", Array::of(least_));
  out.array("range", Array::of(range_));
}

void MinMax::load(const StateReader& in) {
  const std::vector<std::int64_t> shape = in.array("least").shape;
  const auto read = [&](std::string_view name) {
    const ArrayView& view = in.array(name, Dtype::f64, shape);
    return std::vector<double>(view.as<double>(), view.as<double>() + view.count());
  };
  least_ = read("least");
  range_ = read("range");
}

}  // namespace assay::transforms
