// Shape functions that the models share. No LibTorch.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/text.h"
#include "registry/contracts/shape.h"

namespace assay::models {

/// The shape of the only input, which must be of floats.
inline const Shape& float_input(const Outline& out) {
  if (out.facts().inputs.size() != 1)
    out.fail(text("takes one input, the data has ", out.facts().inputs.size()));
  const Shape& input = out.facts().inputs.front().shape;
  if (input.dtype != Dtype::f32) {
    out.fail(text("expects float inputs, gets ", to_string(input)),
             "add the transform `scale` or `standardize`");
  }
  return input;
}

/// `name.weight` of a shape and `name.bias`.
inline void outline_affine(std::string_view name, const std::vector<std::int64_t>& weight, Outline& out) {
  out.scope(name, [&] {
    out.parameter("weight", weight);
    out.parameter("bias", {weight[0]});
  });
}

/// The activations of the models are layers; they may not change the shape.
inline void outline_activation(std::string_view name, const Slot<Layer>& slot, const Shape& shape,
                               Outline& out) {
  const Shape output = out.layer(name, slot, shape);
  if (output == shape) return;
  out.fail(
      text("has the activation ", slot.name(), ", which makes ", to_string(output), " of ", to_string(shape)),
      "choose one that keeps the shape, as `relu`");
}

/// Hidden layers with activations, then an output layer without: `layers.<i>.weight`, `.bias`, `.activation`.
inline Shape outline_dense(std::int64_t features, const std::vector<std::int64_t>& hidden,
                           const Slot<Layer>& activation, Outline& out) {
  for (std::size_t i = 0; i < hidden.size(); ++i) {
    outline_affine(text("layers.", i), {hidden[i], features}, out);
    outline_activation(text("layers.", i, ".activation"), activation, {{hidden[i]}}, out);
    features = hidden[i];
  }
  outline_affine(text("layers.", hidden.size()), {out.facts().outputs(), features}, out);
  return {{out.facts().outputs()}};
}

}  // namespace assay::models
