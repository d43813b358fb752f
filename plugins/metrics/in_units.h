// Predictions and targets in the units of the data, for metrics of values.
#pragma once

#include <utility>

#include <ATen/core/Tensor.h>

#include "registry/contracts/tensor/metric.h"

namespace assay::metrics {

/// Reads scores as the loss does and undoes `dataset.targets`.
class InUnits {
 public:
  explicit InUnits(const Metric::Needs& needs)
      : predictions_(needs.predictions), invert_targets_(needs.invert_targets) {}

  /// scores: [n, outputs] float. [n, targets]
  at::Tensor predictions(const at::Tensor& scores) const {
    const at::Tensor full =
        scores.element_size() < 4 ? scores.to(at::kFloat) : scores;  // of a model in 16 bits
    return targets(predictions_ ? predictions_(full) : full);
  }
  /// values: [n, targets] float, as the model learns them.
  at::Tensor targets(const at::Tensor& values) const {
    return invert_targets_ ? invert_targets_(values) : values;
  }

 private:
  std::function<at::Tensor(const at::Tensor&)> predictions_;
  std::function<at::Tensor(const at::Tensor&)> invert_targets_;
};

}  // namespace assay::metrics
