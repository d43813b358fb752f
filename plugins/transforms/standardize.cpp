#include "plugins/transforms/standardize.h"

#include <cmath>

#include "core/text.h"
#include "plugins/transforms/elements.h"

namespace assay::transforms {
namespace {

// Values in one sample of a block [rows, ...].
std::int64_t sample_size(const ArrayView& block) {
  ASSAY_ASSERT(!block.shape.empty());
  return element_count({block.shape.begin() + 1, block.shape.end()});
}

}  // namespace

struct Standardize::Moments {
  double count = 0;  // values behind each mean
  std::vector<double> mean;
  std::vector<double> squares;  // sums of squared distances from the mean
};

Standardize::Standardize(const Params& params, const Needs& /*needs*/) : params_(params) {}

Shape Standardize::output(const Shape& input) const { return {input.sizes, Dtype::f32}; }

std::int64_t Standardize::group_size(const ArrayView& block) const {
  if (params_.per == "feature") return 1;
  const std::int64_t sample = sample_size(block);
  if (params_.per == "all" || block.shape.size() < 2 || block.shape[1] == 0) return sample;
  return sample / block.shape[1];
}

std::vector<std::size_t> Standardize::groups(const ArrayView& block) const {
  const std::int64_t size = group_size(block);
  std::vector<std::size_t> out(static_cast<std::size_t>(sample_size(block)));
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = i / static_cast<std::size_t>(size);
  return out;
}

void Standardize::add_block(const ArrayView& block, Moments& moments) const {
  if (block.count() == 0) return;
  const std::vector<std::size_t> group = groups(block);
  const std::size_t n_groups = group.back() + 1;
  if (moments.mean.empty()) moments = {0, std::vector<double>(n_groups), std::vector<double>(n_groups)};
  ASSAY_ASSERT(moments.mean.size() == n_groups);

  const auto for_each_in_group = [&](auto&& f) {
    std::size_t at = 0;
    for_each_element(block, [&](std::int64_t, double x) {
      f(group[at], x);
      if (++at == group.size()) at = 0;
    });
  };
  const double n = static_cast<double>(block.count()) / static_cast<double>(n_groups);
  std::vector<double> mean(n_groups), squares(n_groups);
  for_each_in_group([&](std::size_t g, double x) { mean[g] += x; });
  for (double& m : mean) m /= n;
  for_each_in_group([&](std::size_t g, double x) { squares[g] += (x - mean[g]) * (x - mean[g]); });

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
  const std::vector<std::size_t> group = groups(block);
  ASSAY_ASSERT(group.empty() || group.back() + 1 == mean_.size());
  std::size_t at = 0;
  return map_elements(block, [&](std::int64_t, double x) {
    const std::size_t g = group[at];
    if (++at == group.size()) at = 0;
    return (x - mean_[g]) / sd_[g];
  });
}

Array Standardize::invert(const ArrayView& block) const {
  const std::vector<std::size_t> group = groups(block);
  ASSAY_ASSERT(group.empty() || group.back() + 1 == mean_.size());
  std::size_t at = 0;
  return map_elements(block, [&](std::int64_t, double y) {
    const std::size_t g = group[at];
    if (++at == group.size()) at = 0;
    return y * sd_[g] + mean_[g];
  });
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
