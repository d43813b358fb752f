// The scores, as losses compute with them.
#pragma once

#include <ATen/core/Tensor.h>

#include "registry/contracts/tensor/batch.h"

namespace assay::losses {

/// In f32 where a model gives 16 bits (`train.precision`), too few for exponentials, logarithms and sums.
inline at::Tensor full_scores(const Outputs& outputs) {
  const at::Tensor& scores = outputs.scores();
  const bool is_half = scores.scalar_type() == at::kBFloat16 || scores.scalar_type() == at::kHalf;
  return is_half ? scores.to(at::kFloat) : scores;
}

}  // namespace assay::losses
