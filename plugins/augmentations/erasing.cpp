#include "plugins/augmentations/erasing.h"

#include <optional>

#include <ATen/ops/arange.h>
#include <ATen/ops/where.h>

#include "plugins/augmentations/draws.h"
#include "registry/contracts/tensor/augmentation.h"
#include "registry/implementations.h"

namespace assay::augmentations {
namespace {

/// Which of the numbers 0 to size - 1 are from first[i] to before end[i]: [n, size].
at::Tensor ranges(const std::vector<std::int64_t>& first, const std::vector<std::int64_t>& end,
                  std::int64_t size, const at::Tensor& x) {
  const at::Tensor places = at::arange(size, x.options().dtype(at::kLong));
  return places.ge(tensor_like(first, x).unsqueeze(1))
      .logical_and_(places.lt(tensor_like(end, x).unsqueeze(1)));
}

/// x [batch, ...] with a box of each sample filled; boxes may reach beyond the image.
at::Tensor filled(const at::Tensor& x, const std::vector<Box>& boxes, double fill) {
  std::vector<std::int64_t> top, bottom, left, right;
  for (const Box& box : boxes) {
    top.push_back(box.top);
    bottom.push_back(box.top + box.height);
    left.push_back(box.left);
    right.push_back(box.left + box.width);
  }
  const at::Tensor rows = ranges(top, bottom, x.size(2), x).view({-1, 1, x.size(2), 1});
  const at::Tensor columns = ranges(left, right, x.size(3), x).view({-1, 1, 1, x.size(3)});
  return at::where(rows.logical_and(columns), fill, x);
}

class Cutout final : public Augmentation {
 public:
  using Params = CutoutParams;
  Cutout(const Params& params, const Needs& needs) : params_(params), stream_(needs.stream) {}

  at::Tensor operator()(const at::Tensor& x, const Context& context) const override {
    if (!context.is_training) return x;
    std::vector<std::vector<Box>> boxes(static_cast<std::size_t>(params_.count));
    for_each_sample(stream_, context, [&](Draws& draws) {
      for (std::vector<Box>& of_each : boxes) {
        const Box pixel = place_box(draws, 1, 1, x.size(2), x.size(3));
        of_each.push_back(
            {pixel.top - params_.size / 2, pixel.left - params_.size / 2, params_.size, params_.size});
      }
    });
    at::Tensor out = x;
    for (const std::vector<Box>& of_each : boxes) out = filled(out, of_each, params_.fill);
    return out;
  }

 private:
  Params params_;
  Stream stream_;
};

class RandomErasing final : public Augmentation {
 public:
  using Params = RandomErasingParams;
  RandomErasing(const Params& params, const Needs& needs) : params_(params), stream_(needs.stream) {}

  at::Tensor operator()(const at::Tensor& x, const Context& context) const override {
    if (!context.is_training) return x;
    std::vector<Box> boxes;
    for_each_sample(stream_, context, [&](Draws& draws) {
      boxes.push_back(draws.uniform() < params_.p ? drawn(draws, x.size(2), x.size(3)) : Box{});
    });
    return filled(x, boxes, params_.fill);
  }

 private:
  Box drawn(Draws& draws, std::int64_t height, std::int64_t width) const {
    for (int i = 0; i < 10; ++i) {
      const auto [box_height, box_width] = draw_sides(draws, height * width, params_.scale, params_.ratio);
      if (box_height < height && box_width < width) {
        return place_box(draws, box_height, box_width, height, width);
      }
    }
    return {};
  }

  Params params_;
  Stream stream_;
};

}  // namespace

void implement_erasing(Implementations& parts) {
  parts.add<Cutout>("cutout");
  parts.add<RandomErasing>("random_erasing");
}

}  // namespace assay::augmentations
