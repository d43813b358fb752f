// What the models are built from, without a slot for each in the config.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "registry/contracts/tensor/dropout.h"
#include "registry/contracts/tensor/model.h"
#include "registry/contracts/weight_inits.h"

namespace assay::models {

/// `weight` and `bias` of a linear layer or a convolution, and the `activation` that follows, if one does.
class Affine final : public Module {
 public:
  /// name: dotted, in the model. weight_shape: [units, features] or [channels, channels of the input, height,
  /// width].
  Affine(const std::string& name, const std::vector<std::int64_t>& weight_shape, const WeightInits& inits,
         const ModelNeeds& needs);

  /// output: the shape of one sample that the activation gets.
  void add_activation(const std::string& name, const Slot<Layer>& slot, const Shape& output,
                      const ModelNeeds& needs);

  const at::Tensor& weight() const { return weight_; }
  const at::Tensor& bias() const { return bias_; }
  at::Tensor activate(const at::Tensor& x, Context& context) { return activation_->forward({x}, context); }
  /// Of the activation.
  bool commutes_with_max() const { return activation_->commutes_with_max(); }

 private:
  at::Tensor weight_;
  at::Tensor bias_;
  std::unique_ptr<Layer> activation_;
};

struct DenseOptions {
  const std::vector<std::int64_t>& hidden;
  const Slot<Layer>& activation;
  const WeightInits& init;
  double input_dropout = 0;
  double dropout = 0;  // after every hidden layer
};

/// Hidden layers and an output layer: `layers.<i>.weight` and so on, as outline_dense says.
class DenseStack final : public Module {
 public:
  DenseStack(std::int64_t features, const DenseOptions& options, const ModelNeeds& needs);

  /// x [batch, ...] with `features` elements a sample -> [batch, outputs].
  at::Tensor forward(const at::Tensor& x, Context& context);

 private:
  void add_layer(std::int64_t units, std::int64_t features, const DenseOptions& options,
                 const ModelNeeds& needs);

  Dropout input_dropout_;
  std::vector<std::unique_ptr<Affine>> layers_;
  std::vector<std::unique_ptr<Dropout>> dropouts_;  // after all layers but the last
};

}  // namespace assay::models
