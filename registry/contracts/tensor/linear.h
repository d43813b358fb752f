// Linear layers. LibTorch's composes one of some ten operators, each of which goes through dispatch and
// leaves a node or a view for the backward pass; of a small network that is a fifth of the time of a step.
// Here the same products are one node. Where autocast, another device or other numbers are meant it is
// LibTorch's own.
#pragma once

#include <ATen/core/Tensor.h>

namespace assay {

/// x [batch, ..., features] float, weight [units, features], bias [units] or undefined -> [batch, ...,
/// units]: x weight^T + bias. Bit for bit what torch.nn.functional.linear gives, gradients included.
at::Tensor linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias);

}  // namespace assay
