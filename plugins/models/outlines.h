// Shape functions that the models share. No LibTorch.
#pragma once

#include <cstdint>
#include <string>
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

/// A part with `name.weight` of a shape and `name.bias`.
inline Shape outline_affine(std::string_view name, std::string_view type, const Shape& input,
                            const std::vector<std::int64_t>& weight, const Shape& output, Outline& out) {
  return out.part(name, type, input, [&] {
    out.parameter("weight", weight);
    out.parameter("bias", {weight[0]});
    return output;
  });
}

/// A part without tensors.
inline Shape outline_plain(std::string_view name, std::string_view type, const Shape& input,
                           const Shape& output, Outline& out) {
  return out.part(name, type, input, [&] { return output; });
}

/// A dropout, which is only there if it drops something.
inline void outline_dropout(std::string_view name, double p, const Shape& shape, Outline& out) {
  if (p == 0) return;
  outline_plain(name, "dropout", shape, shape, out);
  out.random();
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

struct DenseOutline {
  const std::vector<std::int64_t>& hidden;
  const Slot<Layer>& activation;
  double input_dropout;
  double dropout;
};

/// Hidden layers with activations and dropouts, then an output layer without: `layers.<i>.weight`, `.bias`,
/// `.activation`, `.dropout`. The input is flattened.
inline Shape outline_dense(const Shape& input, const DenseOutline& dense, Outline& out) {
  Shape shape{{element_count(input.sizes)}};
  outline_dropout("input_dropout", dense.input_dropout, shape, out);
  for (std::size_t i = 0; i < dense.hidden.size(); ++i) {
    const std::string name = text("layers.", i);
    const std::int64_t units = dense.hidden[i];
    shape = outline_affine(name, "linear", shape, {units, shape.sizes[0]}, {{units}}, out);
    outline_activation(name + ".activation", dense.activation, shape, out);
    outline_dropout(name + ".dropout", dense.dropout, shape, out);
  }
  const std::int64_t outputs = out.facts().outputs();
  return outline_affine(text("layers.", dense.hidden.size()), "linear", shape, {outputs, shape.sizes[0]},
                        {{outputs}}, out);
}

}  // namespace assay::models
