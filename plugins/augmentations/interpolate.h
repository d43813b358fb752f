// Images brought to another size by LibTorch's kernels.
#pragma once

#include <cstdint>
#include <string_view>

#include <ATen/core/Tensor.h>

namespace assay::augmentations {

/// x [batch, channels, height, width] f32 -> [batch, channels, new_height, new_width], as torchvision's
/// resize. mode: bilinear, bicubic or nearest; antialias has no effect on nearest.
at::Tensor interpolate(const at::Tensor& x, std::int64_t new_height, std::int64_t new_width,
                       std::string_view mode, bool antialias);

}  // namespace assay::augmentations
