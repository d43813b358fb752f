#include "plugins/augmentations/rotation.h"

#include <cmath>
#include <numbers>

#include <ATen/ops/bmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/grid_sampler_2d.h>
#include <ATen/ops/linspace.h>
#include <ATen/ops/ones.h>

#include "plugins/augmentations/draws.h"
#include "registry/contracts/tensor/augmentation.h"
#include "registry/implementations.h"

namespace assay::augmentations {
namespace {

// Of at::grid_sampler_2d.
constexpr std::int64_t bilinear = 0;
constexpr std::int64_t nearest = 1;
constexpr std::int64_t zeros_outside = 0;

/// The middles of pixels, counted from the middle of the image: [1, height * width, 2] as (x, y).
at::Tensor pixel_middles(const at::Tensor& x) {
  const std::int64_t height = x.size(2), width = x.size(3);
  const auto middles = [&](std::int64_t n) {
    const double reach = 0.5 * static_cast<double>(n);
    return at::linspace(0.5 - reach, reach - 0.5, n, x.options());
  };
  at::Tensor places = at::empty({1, height, width, 2}, x.options());
  places.select(3, 0).copy_(middles(width));
  places.select(3, 1).copy_(middles(height).unsqueeze(1));
  return places.view({1, height * width, 2});
}

class RandomRotation final : public Augmentation {
 public:
  using Params = RandomRotationParams;
  RandomRotation(const Params& params, const Needs& needs) : params_(params), stream_(needs.stream) {}

  at::Tensor operator()(const at::Tensor& x, const Context& context) const override {
    if (!context.is_training) return x;
    const double limit = params_.degrees * std::numbers::pi / 180;
    const double half_height = 0.5 * static_cast<double>(x.size(2));
    const double half_width = 0.5 * static_cast<double>(x.size(3));
    // Counter-clockwise to the eye, as rows are counted downwards; transposed, and in halves of the image.
    std::vector<double> matrices;
    for_each_sample(stream_, context, [&](Draws& draws) {
      const double angle = uniform(draws, -limit, limit);
      matrices.insert(matrices.end(), {std::cos(angle) / half_width, std::sin(angle) / half_height,
                                       -std::sin(angle) / half_width, std::cos(angle) / half_height});
    });
    return turned(x, tensor_like(matrices, x).view({-1, 2, 2}));
  }

 private:
  at::Tensor turned(const at::Tensor& x, const at::Tensor& matrices) const {
    const at::Tensor places = at::bmm(pixel_middles(x).expand({x.size(0), -1, -1}), matrices)
                                  .view({x.size(0), x.size(2), x.size(3), 2});
    const std::int64_t mode = params_.mode == "nearest" ? nearest : bilinear;
    at::Tensor out = at::grid_sampler_2d(x, places, mode, zeros_outside, /*align_corners=*/false);
    if (params_.fill == 0) return out;
    const at::Tensor covered =
        at::grid_sampler_2d(at::ones({x.size(0), 1, x.size(2), x.size(3)}, x.options()), places, mode,
                            zeros_outside, /*align_corners=*/false);
    return out.add_(covered.neg_().add_(1), params_.fill);
  }

  Params params_;
  Stream stream_;
};

}  // namespace

void implement_rotation(Implementations& parts) { parts.add<RandomRotation>("random_rotation"); }

}  // namespace assay::augmentations
