// Random tensors from the counter streams: the same numbers whatever the thread count, batch split or device.
// LibTorch's generators are not used.
#pragma once

#include <cstdint>
#include <string>

#include <ATen/core/Tensor.h>

#include "core/random.h"
#include "registry/contracts/tensor/batch.h"

namespace assay {

/// Inverted dropout: zeroes each element with chance p and scales the rest by 1 / (1 - p). x [batch, ...]
/// float; row i belongs to sample context.ids[i], its element j is decided by position j of (context.draw,
/// sample). The identity where the context is not random or p is 0. Differentiable. `stream` is keyed by seed
/// and the module's path.
at::Tensor dropout(const at::Tensor& x, double p, const Stream& stream, const Context& context);

/// The same, deciding whole channels: x [batch, channels, ...], position = channel.
at::Tensor channel_dropout(const at::Tensor& x, double p, const Stream& stream, const Context& context);

/// Fills a contiguous f32 CPU tensor with uniforms in [low, high), element j from position j of (0, 0).
void fill_uniform(at::Tensor& values, double low, double high, const Stream& stream);

/// As fill_uniform, normal with mean and standard deviation.
void fill_normal(at::Tensor& values, double mean, double deviation, const Stream& stream);

}  // namespace assay
