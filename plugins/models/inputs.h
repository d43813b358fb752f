// What models ask of their input, said once.
#pragma once

#include "core/text.h"
#include "registry/contracts/shape.h"

namespace assay::models {

/// The shape of the only input, which must be of floats.
inline const Shape& float_input(Outline& out) {
  if (out.facts().inputs.size() != 1) out.fail(text("takes one input, the data has ", out.facts().inputs.size()));
  const Shape& input = out.facts().inputs.front().shape;
  if (input.dtype != Dtype::f32) {
    out.fail(text("expects float inputs, gets ", to_string(input)), "add the transform `scale` or `standardize`");
  }
  return input;
}

/// The activations of the models are layers; they may not change the shape.
inline void activation(Outline& out, std::string_view name, const Slot<Layer>& slot, const Shape& shape) {
  const Shape output = out.layer(name, slot, shape);
  if (output != shape) {
    out.fail(text("its activation ", slot.name(), " makes ", to_string(output), " of ", to_string(shape)),
             "choose one that keeps the shape, as `relu`");
  }
}

}  // namespace assay::models
