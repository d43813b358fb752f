#include "plugins/transforms/impute.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "plugins/transforms/elements.h"

namespace assay::transforms {
namespace {

using EachBlock = std::function<void(const std::function<void(const ArrayView& block)>&)>;

std::vector<double> means(const EachBlock& each_block, std::string_view per, double without) {
  std::vector<double> sums, counts;
  each_block([&](const ArrayView& block) {
    const std::vector<std::size_t> groups = value_groups(per, block);
    if (block.count() == 0) return;
    sums.resize(groups.back() + 1);
    counts.resize(groups.back() + 1);
    for_each_in_group(block, groups, [&](std::size_t g, double x) {
      if (std::isnan(x)) return;
      sums[g] += x;
      ++counts[g];
    });
  });
  for (std::size_t g = 0; g < sums.size(); ++g) sums[g] = counts[g] > 0 ? sums[g] / counts[g] : without;
  return sums;
}

double median(std::vector<double>& values, double without) {
  if (values.empty()) return without;
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

// Holds the values of all training rows.
std::vector<double> medians(const EachBlock& each_block, std::string_view per, double without) {
  std::vector<std::vector<double>> values;
  each_block([&](const ArrayView& block) {
    const std::vector<std::size_t> groups = value_groups(per, block);
    if (block.count() == 0) return;
    values.resize(groups.back() + 1);
    for_each_in_group(block, groups, [&](std::size_t g, double x) {
      if (!std::isnan(x)) values[g].push_back(x);
    });
  });
  std::vector<double> out;
  for (std::vector<double>& group : values) out.push_back(median(group, without));
  return out;
}

}  // namespace

Impute::Impute(const Params& params, const Needs& /*needs*/) : params_(params) {}

Shape Impute::output(const Shape& input) const { return {input.sizes, Dtype::f32}; }

void Impute::fit(const EachBlock& each_block) {
  if (params_.with == "mean") fill_ = means(each_block, params_.per, params_.value);
  if (params_.with == "median") fill_ = medians(each_block, params_.per, params_.value);
}

Array Impute::apply(const ArrayView& block) const {
  const std::vector<std::size_t> groups = value_groups(params_.per, block);
  const bool is_constant = params_.with == "constant";
  ASSAY_ASSERT(is_constant || groups.empty() || groups.back() + 1 == fill_.size());
  return map_in_groups(block, groups, [&](std::size_t g, double x) {
    if (!std::isnan(x)) return x;
    return is_constant ? params_.value : fill_[g];
  });
}

Array Impute::invert(const ArrayView& block) const {
  return map_elements(block, [](std::int64_t, double y) { return y; });
}

void Impute::save(StateWriter& out) const { out.array("fill", Array::of(fill_)); }

void Impute::load(const StateReader& in) {
  const ArrayView& view = in.array("fill");
  const ArrayView& fill = in.array("fill", Dtype::f64, view.shape);
  fill_.assign(fill.as<double>(), fill.as<double>() + fill.count());
}

}  // namespace assay::transforms
