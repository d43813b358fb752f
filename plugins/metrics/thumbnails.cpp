#include <algorithm>
#include <cmath>
#include <limits>

#include "plugins/metrics/samples.h"

namespace assay::metrics {
namespace {

constexpr std::int64_t widest_thumbnail = 64;  // pixels

/// How a value becomes a byte.
struct ByteScale {
  double least = 0;
  double greatest = 255;

  std::uint8_t operator()(double value) const {
    if (!(greatest > least) || std::isnan(value)) return 0;
    const double share = std::clamp((value - least) / (greatest - least), 0.0, 1.0);
    return static_cast<std::uint8_t>(std::lround(255 * share));
  }
};

ByteScale scale_of(const ArrayView& rows) {
  if (rows.dtype == Dtype::u8) return {};
  ByteScale scale{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
  for (std::int64_t i = 0; i < rows.count(); ++i) {
    const double value = element(rows, i);
    if (!std::isfinite(value)) continue;
    scale.least = std::min(scale.least, value);
    scale.greatest = std::max(scale.greatest, value);
  }
  return scale;
}

/// One channel of one image, [height, width] from element `first` on.
struct Plane {
  const ArrayView& values;
  std::int64_t first, height, width;

  double mean_of_block(std::int64_t top, std::int64_t left, std::int64_t side) const {
    const std::int64_t bottom = std::min(top + side, height), right = std::min(left + side, width);
    double sum = 0;
    for (std::int64_t y = top; y < bottom; ++y) {
      for (std::int64_t x = left; x < right; ++x) sum += element(values, first + y * width + x);
    }
    return sum / static_cast<double>((bottom - top) * (right - left));
  }
};

std::int64_t divided_up(std::int64_t value, std::int64_t by) { return (value + by - 1) / by; }

}  // namespace

std::optional<Array> thumbnails(const ArrayView& rows) {
  const std::vector<std::int64_t>& shape = rows.shape;
  if (shape.size() != 4 || (shape[1] != 1 && shape[1] != 3) || rows.count() == 0) return std::nullopt;
  const std::int64_t n = shape[0], channels = shape[1], height = shape[2], width = shape[3];
  const std::int64_t side = divided_up(std::max(height, width), widest_thumbnail);
  const std::int64_t small_height = divided_up(height, side), small_width = divided_up(width, side);
  const ByteScale byte_of = scale_of(rows);
  Array out(Dtype::u8, {n, small_height, small_width, channels});
  auto* pixel = out.as<std::uint8_t>();
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t y = 0; y < small_height; ++y) {
      for (std::int64_t x = 0; x < small_width; ++x) {
        for (std::int64_t c = 0; c < channels; ++c) {
          const Plane plane{rows, (i * channels + c) * height * width, height, width};
          *pixel++ = byte_of(plane.mean_of_block(y * side, x * side, side));
        }
      }
    }
  }
  return out;
}

}  // namespace assay::metrics
