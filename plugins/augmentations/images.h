// What augmentations ask of their input, said once.
#pragma once

#include <cstdint>
#include <vector>

#include "core/error.h"
#include "core/text.h"
#include "registry/contracts/shape.h"

namespace assay::augmentations {

/// Throws Error(Kind::config) unless it is [channels, height, width] in f32.
inline void require_image(const Shape& in) {
  if (in.dtype != Dtype::f32) {
    throw Error(Kind::config, text("expects floats, gets ", to_string(in)),
                "remove it: what is looked up is no picture");
  }
  if (in.sizes.size() == 3) return;
  throw Error(Kind::config, text("expects images [channels, height, width], gets ", to_string(in)),
              "remove it, or use data of images");
}

/// Throws Error(Kind::config) unless images have one channel or three.
inline void require_colors(const Shape& in) {
  require_image(in);
  if (in.sizes[0] == 1 || in.sizes[0] == 3) return;
  throw Error(
      Kind::config,
      text("expects images in grey or in red, green and blue, gets ", count_text(in.sizes[0], "channel")),
      "remove it");
}

/// An image of other height and width.
inline Shape resized(const Shape& in, std::int64_t height, std::int64_t width) {
  return {{in.sizes[0], height, width}, in.dtype};
}

}  // namespace assay::augmentations
