#include "datasets/resize.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>
#include <vector>

namespace assay::datasets {
namespace {

constexpr int weight_bits = 22;  // behind the point; 8 bits of a pixel and 2 of headroom are the rest of 32

// What an output pixel takes of the input along one axis.
struct Taken {
  std::int64_t first = 0;
  std::vector<std::int32_t> weights;  // of input pixels first, first + 1, ...
};

// A triangle over the pixels that lie under it, as wide as an output pixel where the image becomes smaller.
std::vector<Taken> taken_along(std::int64_t n_in, std::int64_t n_out) {
  const double scale = static_cast<double>(n_in) / static_cast<double>(n_out);
  const double reach = std::max(scale, 1.0);
  std::vector<Taken> out;
  for (std::int64_t i = 0; i < n_out; ++i) {
    const double centre = (static_cast<double>(i) + 0.5) * scale;
    const auto first = std::max<std::int64_t>(static_cast<std::int64_t>(centre - reach + 0.5), 0);
    const auto end = std::min(static_cast<std::int64_t>(centre + reach + 0.5), n_in);
    std::vector<double> weights;
    double sum = 0;
    for (std::int64_t x = first; x < end; ++x) {
      const double distance = std::abs((static_cast<double>(x) - centre + 0.5) / reach);
      weights.push_back(std::max(1 - distance, 0.0));
      sum += weights.back();
    }
    Taken taken{first, {}};
    for (const double weight : weights) {
      taken.weights.push_back(static_cast<std::int32_t>(0.5 + weight / sum * (1 << weight_bits)));
    }
    out.push_back(std::move(taken));
  }
  return out;
}

std::uint8_t rounded(std::int32_t sum) {
  return static_cast<std::uint8_t>(std::clamp(sum >> weight_bits, 0, 255));
}

// Along one axis: `before` rows of n_in steps of `after` values each.
Array resampled(const Array& image, std::int64_t before, std::int64_t n_in, std::int64_t after,
                std::int64_t n_out, std::vector<std::int64_t> shape) {
  const std::vector<Taken> taken = taken_along(n_in, n_out);
  Array out(Dtype::u8, std::move(shape));
  std::uint8_t* next = out.as<std::uint8_t>();
  for (std::int64_t row = 0; row < before; ++row) {
    for (const Taken& one : taken) {
      const std::uint8_t* from = image.as<std::uint8_t>() + (row * n_in + one.first) * after;
      for (std::int64_t i = 0; i < after; ++i) {
        std::int32_t sum = 1 << (weight_bits - 1);
        for (std::size_t k = 0; k < one.weights.size(); ++k) {
          sum += from[static_cast<std::int64_t>(k) * after + i] * one.weights[k];
        }
        *next++ = rounded(sum);
      }
    }
  }
  return out;
}

Array cut_middle(const Array& image, std::int64_t height, std::int64_t width) {
  const std::int64_t channels = image.shape()[0], h = image.shape()[1], w = image.shape()[2];
  const std::int64_t top = (h - height) / 2, left = (w - width) / 2;
  Array out(Dtype::u8, {channels, height, width});
  for (std::int64_t row = 0; row < channels * height; ++row) {
    const std::int64_t from = (row / height * h + top + row % height) * w + left;
    std::memcpy(out.data() + row * width, image.data() + from, static_cast<std::size_t>(width));
  }
  return out;
}

}  // namespace

Array resized(const Array& image, std::int64_t height, std::int64_t width) {
  const std::int64_t channels = image.shape()[0], h = image.shape()[1], w = image.shape()[2];
  // Rounded to 8 bits in between, columns first, as the source does.
  Array out = w == width ? image : resampled(image, channels * h, w, 1, width, {channels, h, width});
  if (h == height) return out;
  return resampled(out, channels, h, width, height, {channels, height, width});
}

Array fitted(const Array& image, std::int64_t height, std::int64_t width, std::string_view fit) {
  if (fit != "crop") return resized(image, height, width);
  const auto h = static_cast<double>(image.shape()[1]), w = static_cast<double>(image.shape()[2]);
  const double scale = std::max(static_cast<double>(height) / h, static_cast<double>(width) / w);
  const auto covering = [scale](double size, std::int64_t least) {
    return std::max(least, static_cast<std::int64_t>(std::lround(size * scale)));
  };
  return cut_middle(resized(image, covering(h, height), covering(w, width)), height, width);
}

}  // namespace assay::datasets
