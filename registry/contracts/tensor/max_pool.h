// Max-pooling of images. LibTorch's kernel takes a third of the time of a small convolutional network on the
// CPU, so the common case, windows of 2 x 2 side by side, has one of our own. Everything else is LibTorch's,
// gradients included.
#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

namespace assay {

/// x [batch, channels, height, width] float -> [batch, channels, height', width']: the largest value of each
/// square window. padding: pixels around the image that never win. Of equal values the first gets the
/// gradient, and nan is the largest. Bit for bit what torch.nn.functional.max_pool2d gives.
at::Tensor max_pool2d(const at::Tensor& x, std::int64_t kernel, std::int64_t stride, std::int64_t padding);

}  // namespace assay
