#include "plugins/models/blocks.h"

#include "core/text.h"
#include "registry/contracts/tensor/linear.h"

namespace assay::models {

Affine::Affine(const std::string& name, const std::vector<std::int64_t>& weight_shape,
               const WeightInits& inits, const ModelNeeds& needs) {
  const std::int64_t units = weight_shape[0];
  const std::int64_t fan_in = element_count(weight_shape) / units;
  const std::int64_t fan_out = element_count(weight_shape) / weight_shape[1];
  const InitContext context = needs.init.below(name);
  weight_ =
      make_parameter("weight", weight_shape, *needs.parts.build(inits.weight, {}), fan_in, fan_out, context);
  bias_ = make_parameter("bias", {units}, *needs.parts.build(inits.bias, {}), fan_in, fan_out, context);
  add_parameter("weight", weight_);
  add_parameter("bias", bias_);
}

void Affine::add_activation(const std::string& name, const Slot<Layer>& slot, const Shape& output,
                            const ModelNeeds& needs) {
  const LayerNeeds parent{{output}, needs.facts, needs.parts, needs.init.below(name)};
  activation_ = build_layer("activation", slot, {output}, parent).layer;
  add_child("activation", *activation_);
}

DenseStack::DenseStack(std::int64_t features, const DenseOptions& options, const ModelNeeds& needs)
    : input_dropout_(options.input_dropout) {
  add_child("input_dropout", input_dropout_);
  for (const std::int64_t units : options.hidden) {
    const std::string name = text("layers.", layers_.size());
    add_layer(units, features, options, needs);
    layers_.back()->add_activation(name, options.activation, {{units}}, needs);
    dropouts_.push_back(std::make_unique<Dropout>(options.dropout));
    add_child(name + ".dropout", *dropouts_.back());
    features = units;
  }
  add_layer(needs.facts.outputs(), features, options, needs);
}

void DenseStack::add_layer(std::int64_t units, std::int64_t features, const DenseOptions& options,
                           const ModelNeeds& needs) {
  const std::string name = text("layers.", layers_.size());
  layers_.push_back(std::make_unique<Affine>(name, std::vector{units, features}, options.init, needs));
  add_child(name, *layers_.back());
}

at::Tensor DenseStack::forward(const at::Tensor& x, Context& context) {
  at::Tensor h = input_dropout_(x.reshape({x.size(0), layers_.front()->weight().size(1)}), context);
  for (std::size_t i = 0; i < dropouts_.size(); ++i) {
    h = layers_[i]->activate(linear(h, layers_[i]->weight(), layers_[i]->bias()), context);
    h = (*dropouts_[i])(h, context);
  }
  return linear(h, layers_.back()->weight(), layers_.back()->bias());
}

}  // namespace assay::models
