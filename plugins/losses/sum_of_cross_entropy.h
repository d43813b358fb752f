// Cross-entropy of classes, as one node of the backward pass instead of two and the views between them.
#pragma once

#include <ATen/core/Tensor.h>

namespace assay::losses {

/// scores [rows, classes] float, target [rows] i64 -> 0-d: what torch.nn.functional.cross_entropy gives with
/// `reduction="sum"`, bit for bit, gradients included. A target that is no class throws c10::Error. What is
/// not f32 on the CPU is LibTorch's own.
at::Tensor sum_of_cross_entropy(const at::Tensor& scores, const at::Tensor& target);

}  // namespace assay::losses
