// Weights and biases as models use them directly, without a slot in the config.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "registry/contracts/tensor/model.h"
#include "registry/contracts/weight_inits.h"

namespace assay::models {

/// weight [outputs, inputs / groups, ...] and bias [outputs], filled as the section says.
class Affine final : public Module {
 public:
  /// weight_shape: [units, features] or [channels, channels of the input, height, width].
  Affine(const std::string& name, const std::vector<std::int64_t>& weight_shape, const WeightInits& inits,
         const ModelNeeds& needs);

  const at::Tensor& weight() const { return weight_; }
  const at::Tensor& bias() const { return bias_; }

 private:
  at::Tensor weight_;
  at::Tensor bias_;
};

/// The layer of an activation slot, built for inputs of a shape.
std::unique_ptr<Layer> build_activation(const std::string& name, const Slot<Layer>& slot, const Shape& shape,
                                        const ModelNeeds& needs);

}  // namespace assay::models
