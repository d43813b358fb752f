#include "plugins/augmentations/draws.h"

#include <cmath>

#include <ATen/ops/tensor.h>

namespace assay::augmentations {
namespace {

std::int64_t drawn_below(Draws& draws, std::int64_t n) {
  return static_cast<std::int64_t>(draws.below(static_cast<std::uint64_t>(n)));
}

}  // namespace

at::Tensor tensor_like(const std::vector<std::int64_t>& values, const at::Tensor& x) {
  return at::tensor(values, at::kLong).to(x.device());
}

at::Tensor tensor_like(const std::vector<double>& values, const at::Tensor& x) {
  return at::tensor(values, at::kFloat).to(x.device());
}

Sides draw_sides(Draws& draws, std::int64_t area, const std::vector<double>& scale,
                 const std::vector<double>& ratio) {
  const double target = static_cast<double>(area) * uniform(draws, scale[0], scale[1]);
  const double aspect = std::exp(uniform(draws, std::log(ratio[0]), std::log(ratio[1])));
  // Halves to even, as Python's round.
  return {static_cast<std::int64_t>(std::nearbyint(std::sqrt(target * aspect))),
          static_cast<std::int64_t>(std::nearbyint(std::sqrt(target / aspect)))};
}

Box place_box(Draws& draws, std::int64_t box_height, std::int64_t box_width, std::int64_t height,
              std::int64_t width) {
  const std::int64_t top = drawn_below(draws, height - box_height + 1);
  const std::int64_t left = drawn_below(draws, width - box_width + 1);
  return {top, left, box_height, box_width};
}

}  // namespace assay::augmentations
