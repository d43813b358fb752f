// What augmentations draw, sample by sample, and how it comes to tensors.
#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

#include "core/error.h"
#include "core/random.h"
#include "registry/contracts/tensor/batch.h"

namespace assay::augmentations {

/// Calls draw(draws) for each row of a batch, in order, with the draws of its sample in this epoch.
template <class F>
void for_each_sample(const Stream& stream, const Context& context, const F& draw) {
  ASSAY_ASSERT(context.ids != nullptr);
  for (const std::int64_t id : *context.ids) {
    Draws draws = stream.at(context.draw, static_cast<std::uint64_t>(id));
    draw(draws);
  }
}

/// In [low, high).
inline double uniform(Draws& draws, double low, double high) { return low + (high - low) * draws.uniform(); }

/// values [n] on the device of x, as i64 or f32.
at::Tensor tensor_like(const std::vector<std::int64_t>& values, const at::Tensor& x);
at::Tensor tensor_like(const std::vector<double>& values, const at::Tensor& x);

/// A rectangle of pixels.
struct Box {
  std::int64_t top = 0;
  std::int64_t left = 0;
  std::int64_t height = 0;
  std::int64_t width = 0;
};

/// The sides of a rectangle whose area is a share of `area` between the two of `scale` and whose first side
/// over the second is between the two of `ratio`, uniform in its logarithm.
struct Sides {
  std::int64_t first = 0;
  std::int64_t second = 0;
};
Sides draw_sides(Draws& draws, std::int64_t area, const std::vector<double>& scale,
                 const std::vector<double>& ratio);

/// A place for a box of this size within height x width: first the row, then the column is drawn.
Box place_box(Draws& draws, std::int64_t box_height, std::int64_t box_width, std::int64_t height,
              std::int64_t width);

}  // namespace assay::augmentations
