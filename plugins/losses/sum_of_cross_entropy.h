// Cross-entropy of classes, as one node of the backward pass instead of two and the views between them.
#pragma once

#include <cstdint>
#include <limits>

#include <ATen/core/Tensor.h>

namespace assay::losses {

/// LibTorch passes over one number, -100 if it is told no other. This one is no class and no mistake in data.
constexpr std::int64_t no_class = std::numeric_limits<std::int64_t>::min();

/// scores [rows, classes] float, target [rows] i64 -> 0-d: what torch.nn.functional.cross_entropy gives with
/// `reduction="sum"`, bit for bit, gradients included. A target that is no class throws c10::Error. What is
/// not f32 on the CPU is LibTorch's own.
at::Tensor sum_of_cross_entropy(const at::Tensor& scores, const at::Tensor& target);

}  // namespace assay::losses
