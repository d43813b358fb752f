// Scaling of images of 8 bits.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/array.h"

namespace assay::datasets {

/// image u8 [channels, h, w] -> u8 [channels, height, width]. Bilinear over the whole area that a pixel
/// covers, so that nothing is skipped when an image becomes smaller. Source: Pillow's Image.resize with
/// Resampling.BILINEAR, along columns first, and equal to it bit for bit.
Array resized(const Array& image, std::int64_t height, std::int64_t width);

/// The same by one of two ways: `stretch` takes the whole image, whatever becomes of its proportions; `crop`
/// scales it until it covers height x width and takes the middle.
Array fitted(const Array& image, std::int64_t height, std::int64_t width, std::string_view fit);

}  // namespace assay::datasets
