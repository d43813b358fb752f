#include "plugins/transforms/standardize.h"

#include <cmath>

#include "core/text.h"
#include "plugins/transforms/elements.h"
#include "plugins/transforms/groups.h"

namespace assay::transforms {
struct Standardize::Moments {
  double count = 0;  // values behind each mean
  std::vector<double> mean;
  std::vector<double> squares;  // sums of squared distances from the mean
};

Standardize::Standardize(const Params& params, const Needs& /*needs*/) : params_(params) {}

Shape Standardize::output(const Shape& input) const { return {input.sizes, Dtype::f32}; }

void Standardize::add_block(const ArrayView& block, Moments& moments) const {
  if (block.count() == 0) return;
  const std::vector<std::size_t> groups = value_groups(params_.per, block);
  const std::size_t n_groups = groups.back() + 1;
  if (moments.mean.empty()) moments = {0, std::vector<double>(n_groups), std::vector<double>(n_groups)};
  ASSAY_ASSERT(moments.mean.size() == n_groups);

  const double n = static_cast<double>(block.count()) / static_cast<double>(n_groups);
  std::vector<double> mean(n_groups), squares(n_groups);
  for_each_in_group(block, groups, [&](std::size_t g, double x) { mean[g] += x; });
  for (double& m : mean) m /= n;
  for_each_in_group(block, groups,
                    [&](std::size_t g, double x) { squares[g] += (x - mean[g]) * (x - mean[g]); });

  const double total = moments.count + n;
  for (std::size_t g = 0; g < n_groups; ++g) {
    const double shift = mean[g] - moments.mean[g];
    moments.mean[g] += shift * n / total;
    moments.squares[g] += squares[g] + shift * shift * moments.count * n / total;
  }
  moments.count = total;
}

void Standardize::fit(
    const std::function<void(const std::function<void(const ArrayView& block)>&)>& each_block) {
  Moments moments;
  each_block([&](const ArrayView& block) { add_block(block, moments); });
  mean_ = std::move(moments.mean);
  sd_.resize(mean_.size());
  for (std::size_t g = 0; g < sd_.size(); ++g) {
    const double sd = std::sqrt(moments.squares[g] / moments.count);
    sd_[g] = sd > 0 ? sd : 1;
  }
}

Array Standardize::apply(const ArrayView& block) const {
  const std::vector<std::size_t> groups = value_groups(params_.per, block);
  ASSAY_ASSERT(groups.empty() || groups.back() + 1 == mean_.size());
  return map_in_groups(block, groups, [&](std::size_t g, double x) { return (x - mean_[g]) / sd_[g]; });
}

Array Standardize::invert(const ArrayView& block) const {
  const std::vector<std::size_t> groups = value_groups(params_.per, block);
  ASSAY_ASSERT(groups.empty() || groups.back() + 1 == mean_.size());
  return map_in_groups(block, groups, [&](std::size_t g, double y) { return y * sd_[g] + mean_[g]; });
}

void Standardize::save(StateWriter& out) const {
  out.array("mean", Array::of(mean_));
  out.array("sd", Array::of(sd_));
}

void Standardize::load(const StateReader& in) {
  const std::vector<std::int64_t> shape = in.array("mean").shape;
  const auto read = [&](std::string_view name) {
    const ArrayView& view = in.array(name, Dtype::f64, shape);
    return std::vector<double>(view.as<double>(), view.as<double>() + view.count());
  };
  mean_ = read("mean");
  sd_ = read("sd");
}

}  // namespace assay::transforms
