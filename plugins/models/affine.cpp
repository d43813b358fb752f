#include "plugins/models/affine.h"

namespace assay::models {

Affine::Affine(const std::string& name, const std::vector<std::int64_t>& weight_shape, const WeightInits& inits,
               const ModelNeeds& needs) {
  const std::int64_t units = weight_shape[0];
  const std::int64_t fan_in = element_count(weight_shape) / units;
  const std::int64_t fan_out = element_count(weight_shape) / weight_shape[1];
  const InitContext context = needs.init.below(name);
  weight_ = make_parameter("weight", weight_shape, *needs.parts.build(inits.weight, {}), fan_in, fan_out, context);
  bias_ = make_parameter("bias", {units}, *needs.parts.build(inits.bias, {}), fan_in, fan_out, context);
  add_parameter("weight", weight_);
  add_parameter("bias", bias_);
}

std::unique_ptr<Layer> build_activation(const std::string& name, const Slot<Layer>& slot, const Shape& shape,
                                        const ModelNeeds& needs) {
  return build_layer(name, slot, {shape}, {{shape}, needs.facts, needs.parts, needs.init}).layer;
}

}  // namespace assay::models
