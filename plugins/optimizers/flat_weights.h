// All trained parameters as one vector, for optimizers that look at them as a point.
#pragma once

#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/zeros_like.h>

#include "registry/contracts/tensor/optimizer.h"

namespace assay::optimizers {

/// Vectors are [weights], in the order of the parameters. A parameter without a gradient does not move.
class FlatWeights {
 public:
  explicit FlatWeights(const std::vector<TrainedParameter>& parameters) {
    for (const TrainedParameter& parameter : parameters) tensors_.push_back(parameter.tensor);
  }

  /// A copy; 0 where there is none.
  at::Tensor gradient() const {
    std::vector<at::Tensor> parts;
    for (const at::Tensor& tensor : tensors_) {
      const at::Tensor& gradient = tensor.grad();
      parts.push_back((gradient.defined() ? gradient : at::zeros_like(tensor.detach())).reshape({-1}));
    }
    return at::cat(parts);
  }

  /// Moves the weights by scale * direction.
  void add(const at::Tensor& direction, double scale) {
    for_each_part(direction, [scale](const at::Tensor& weights, const at::Tensor& part) {
      weights.detach().add_(part.view_as(weights), scale);
    });
  }

  /// Sets a direction to 0 for parameters without a gradient.
  void hold_still(const at::Tensor& direction) {
    for_each_part(direction, [](const at::Tensor& weights, const at::Tensor& part) {
      if (!weights.grad().defined()) part.zero_();
    });
  }

  std::vector<at::Tensor> copy() const {
    std::vector<at::Tensor> out;
    for (const at::Tensor& tensor : tensors_) out.push_back(tensor.detach().clone());
    return out;
  }
  void set(const std::vector<at::Tensor>& values) {
    for (std::size_t i = 0; i < tensors_.size(); ++i) tensors_[i].detach().copy_(values[i]);
  }

  at::Device device() const { return tensors_.empty() ? at::Device(at::kCPU) : tensors_.front().device(); }

 private:
  template <class Body>
  void for_each_part(const at::Tensor& vector, const Body& body) {
    std::int64_t offset = 0;
    for (const at::Tensor& tensor : tensors_) {
      body(tensor, vector.narrow(0, offset, tensor.numel()));
      offset += tensor.numel();
    }
  }

  std::vector<at::Tensor> tensors_;
};

}  // namespace assay::optimizers
