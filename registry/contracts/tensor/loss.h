// What training minimises.
#pragma once

#include <ATen/core/Tensor.h>

#include "registry/contracts/families.h"
#include "registry/contracts/tensor/batch.h"

namespace assay {

/// A loss over a batch as a sum and what it is to be divided by, so that batches of different sizes and
/// accumulated micro-batches combine exactly.
struct LossValue {
  at::Tensor sum;     // 0-d, differentiable
  double count = 0;   // rows, tokens or weights it sums over; ignored if `weight` is defined
  at::Tensor weight;  // 0-d, where the count is only known on the device; else undefined
  /// 0-d, differentiable. 0 where the weight is 0, of which PyTorch makes nan: nothing counts, so nothing is
  /// learnt.
  at::Tensor mean() const;
};

class Loss {
 public:
  using Contract = Loss;
  struct Needs {
    Task task;
    at::Device device{at::kCPU};
  };
  virtual ~Loss();
  virtual LossValue operator()(const Outputs& outputs, const Batch& batch) const = 0;
  /// What scores say of the target, in the target's own scale, for metrics and predictions: [..., outputs] to
  /// [..., targets]. The scores themselves unless a loss reads them otherwise, as logarithms or as means and
  /// variances.
  virtual at::Tensor predictions(const at::Tensor& scores) const;
  /// Of classes, how sure the model is of each: [..., classes] to the same, from 0 to 1. softmax, unless a
  /// loss reads scores otherwise.
  virtual at::Tensor probabilities(const at::Tensor& scores) const;
};

}  // namespace assay
