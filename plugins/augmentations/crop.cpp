#include "plugins/augmentations/crop.h"

#include <cmath>
#include <utility>

#include <ATen/core/List.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/index.h>
#include <ATen/ops/reflection_pad2d.h>
#include <ATen/ops/replication_pad2d.h>

#include "plugins/augmentations/draws.h"
#include "plugins/augmentations/interpolate.h"
#include "registry/contracts/tensor/augmentation.h"
#include "registry/implementations.h"

namespace assay::augmentations {
namespace {

/// Where a part of `part` pixels begins in the middle of `whole`: halves to even, as torchvision rounds.
std::int64_t middle(std::int64_t whole, std::int64_t part) {
  return static_cast<std::int64_t>(std::nearbyint(static_cast<double>(whole - part) / 2));
}

at::Tensor cut_out(const at::Tensor& x, const Box& box) {
  return x.narrow(2, box.top, box.height).narrow(3, box.left, box.width);
}

Box middle_of(const at::Tensor& x, std::int64_t height, std::int64_t width) {
  return {middle(x.size(2), height), middle(x.size(3), width), height, width};
}

/// Of each sample of x the part that begins at its own top and left, in one pass.
at::Tensor cut_out_each(const at::Tensor& x, const std::vector<std::int64_t>& top,
                        const std::vector<std::int64_t>& left, std::int64_t height, std::int64_t width) {
  // All parts there are, as a view: [batch, channels, top, left, height, width].
  const at::Tensor parts = x.unfold(2, height, 1).unfold(3, width, 1);
  const c10::List<std::optional<at::Tensor>> places({at::arange(x.size(0), x.options().dtype(at::kLong)),
                                                     std::nullopt, tensor_like(top, x),
                                                     tensor_like(left, x)});
  return at::index(parts, places);
}

class RandomCrop final : public Augmentation {
 public:
  using Params = RandomCropParams;
  RandomCrop(const Params& params, const Needs& needs)
      : params_(params),
        height_(params.size.value_or(needs.input.sizes[1])),
        width_(params.size.value_or(needs.input.sizes[2])),
        stream_(needs.stream) {}

  at::Tensor operator()(const at::Tensor& x, const Context& context) const override {
    const std::int64_t rows = x.size(2), columns = x.size(3);
    if (!context.is_training && height_ <= rows && width_ <= columns) {
      return cut_out(x, middle_of(x, height_, width_));
    }
    const at::Tensor wide = padded(x);
    if (!context.is_training) return cut_out(wide, middle_of(wide, height_, width_));
    std::vector<std::int64_t> top, left;
    for_each_sample(stream_, context, [&](Draws& draws) {
      const Box box = place_box(draws, height_, width_, wide.size(2), wide.size(3));
      top.push_back(box.top);
      left.push_back(box.left);
    });
    return cut_out_each(wide, top, left, height_, width_);
  }

 private:
  at::Tensor padded(const at::Tensor& x) const {
    const std::int64_t n = params_.padding;
    if (n == 0) return x;
    const std::int64_t sides[] = {n, n, n, n};
    if (params_.mode == "edge") return at::replication_pad2d(x, sides);
    if (params_.mode == "reflect") return at::reflection_pad2d(x, sides);
    return at::constant_pad_nd(x, sides, params_.fill);
  }

  Params params_;
  std::int64_t height_;
  std::int64_t width_;
  Stream stream_;
};

class CentreCrop final : public Augmentation {
 public:
  using Params = CentreCropParams;
  CentreCrop(const Params& params, const Needs&) : size_(params.size) {}

  at::Tensor operator()(const at::Tensor& x, const Context&) const override {
    return cut_out(x, middle_of(x, size_, size_)).contiguous();
  }

 private:
  std::int64_t size_;
};

class RandomResizedCrop final : public Augmentation {
 public:
  using Params = RandomResizedCropParams;
  RandomResizedCrop(const Params& params, const Needs& needs) : params_(params), stream_(needs.stream) {}

  at::Tensor operator()(const at::Tensor& x, const Context& context) const override {
    if (!context.is_training) {
      const std::int64_t side = std::min(x.size(2), x.size(3));
      return resized_part(x, middle_of(x, side, side));
    }
    // Parts differ in size: each is a call of the kernel, which does nearly all of the work.
    at::Tensor out = at::empty({x.size(0), x.size(1), params_.size, params_.size}, x.options());
    std::int64_t row = 0;
    for_each_sample(stream_, context, [&](Draws& draws) {
      out.narrow(0, row, 1).copy_(resized_part(x.narrow(0, row, 1), drawn(draws, x.size(2), x.size(3))));
      ++row;
    });
    return out;
  }

 private:
  at::Tensor resized_part(const at::Tensor& x, const Box& box) const {
    return interpolate(cut_out(x, box), params_.size, params_.size, params_.mode, /*antialias=*/true);
  }

  // Where ten draws give none that fits: the largest part in the middle whose aspect ratio is allowed.
  Box drawn(Draws& draws, std::int64_t height, std::int64_t width) const {
    for (int i = 0; i < 10; ++i) {
      const auto [box_width, box_height] = draw_sides(draws, height * width, params_.scale, params_.ratio);
      if (box_width < 1 || box_width > width || box_height < 1 || box_height > height) continue;
      return place_box(draws, box_height, box_width, height, width);
    }
    const double aspect = static_cast<double>(width) / static_cast<double>(height);
    const auto rounded = [](double x) { return static_cast<std::int64_t>(std::nearbyint(x)); };
    Box box{0, 0, height, width};
    if (aspect < params_.ratio[0]) box.height = rounded(static_cast<double>(width) / params_.ratio[0]);
    if (aspect > params_.ratio[1]) box.width = rounded(static_cast<double>(height) * params_.ratio[1]);
    box.top = (height - box.height) / 2;
    box.left = (width - box.width) / 2;
    return box;
  }

  Params params_;
  Stream stream_;
};

}  // namespace

void implement_crops(Implementations& parts) {
  parts.add<RandomCrop>("random_crop");
  parts.add<CentreCrop>("centre_crop");
  parts.add<RandomResizedCrop>("random_resized_crop");
}

}  // namespace assay::augmentations
