// Layers that are made of layers, and layers that bring several inputs together: with the lists of
// `sequential` and the nodes of `graph` they are the layer language.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "plugins/layers/inputs.h"

namespace assay {
class Implementations;
}

namespace assay::layers {

/// The shape after all layers of a list, one after the other; they are called `name.0`, `name.1`, ...
inline Shape outline_list(std::string_view name, const std::vector<Slot<Layer>>& layers, const Shape& in,
                          Outline& out) {
  Shape shape = in;
  for (std::size_t i = 0; i < layers.size(); ++i) shape = out.layer(text(name, '.', i), layers[i], shape);
  return shape;
}

struct SequenceParams {
  std::vector<Slot<Layer>> layers;

  static void describe(Fields<SequenceParams>& f) {
    f.about("Layers one after the other, where one layer is expected.");
    f.source("torch.nn.Sequential");
    f("layers", &SequenceParams::layers, "the layers, first to last", required, non_empty());
  }

  Shape outline(const Shape& in, Outline& out) const { return outline_list("layers", layers, in, out); }
  Operand compute(const Operand& x, const Shape& made, Computation& out) const;
};

struct ResidualParams {
  std::vector<Slot<Layer>> layers;
  std::vector<Slot<Layer>> shortcut;

  static void describe(Fields<ResidualParams>& f) {
    f.about("What the layers make of the input, plus the input: y = layers(x) + x, or + shortcut(x).");
    f.source("He et al. 2016, Deep Residual Learning for Image Recognition");
    f("layers", &ResidualParams::layers, "the layers, first to last", required, non_empty());
    f("shortcut", &ResidualParams::shortcut,
      "layers that bring the input to the same shape; none: it is added as it is");
  }

  Shape outline(const Shape& in, Outline& out) const {
    require_floats(in, out);
    const Shape made = outline_list("layers", layers, in, out);
    const Shape added = outline_list("shortcut", shortcut, in, out);
    if (made == added) return made;
    out.fail(text("cannot add ", to_string(added), ", which is its ", shortcut.empty() ? "input" : "shortcut",
                  ", to the ", to_string(made), " that its layers make"),
             shortcut.empty() ? "add a `shortcut` that makes the same shape, as a conv2d with `kernel: 1`"
                              : "let `layers` and `shortcut` make the same shape");
  }
  Operand compute(const Operand& x, const Shape& made, Computation& out) const;
};

struct RepeatParams {
  std::int64_t times = 1;
  std::vector<Slot<Layer>> layers;
  bool shared = false;

  static void describe(Fields<RepeatParams>& f) {
    f.about("The same list of layers several times, one after the other.");
    f.source("torch.nn.Sequential");
    f("times", &RepeatParams::times, "how often; 0 leaves the input as it is", required, non_negative);
    f("layers", &RepeatParams::layers, "the layers, first to last", required, non_empty());
    f("shared", &RepeatParams::shared,
      "the same weights every time, instead of each time its own; dropouts still draw anew");
  }

  Shape outline(const Shape& in, Outline& out) const {
    if (!shared) return outline_copies(in, out);
    if (times == 0) return in;
    const Shape made = outline_list("0.layers", layers, in, out);
    if (made != in && times > 1) {
      out.fail(text("cannot put ", to_string(made), ", which its layers make of ", to_string(in),
                    ", into the same layers again"),
               "let the layers keep the shape, or leave `shared` out");
    }
    return made;
  }
  Operand compute(const Operand& x, const Shape& made, Computation& out) const;

 private:
  Shape outline_copies(const Shape& in, Outline& out) const {
    Shape shape = in;
    for (std::int64_t i = 0; i < times; ++i) shape = outline_list(text(i, ".layers"), layers, shape, out);
    return shape;
  }
};

/// The shape of inputs that are brought together element by element: axes of size 1 are stretched.
inline Shape joint_shape(std::span<const Shape> inputs, const Outline& out) {
  Shape shape = inputs.front();
  for (const Shape& input : inputs) {
    require_floats(input, out);
    bool fits = input.sizes.size() == shape.sizes.size();
    for (std::size_t axis = 0; fits && axis < shape.sizes.size(); ++axis) {
      std::int64_t& size = shape.sizes[axis];
      fits = size == input.sizes[axis] || size == 1 || input.sizes[axis] == 1;
      size = std::max(size, input.sizes[axis]);
    }
    if (!fits) {
      out.fail(text("gets ", to_string(inputs.front()), " and ", to_string(input)),
               "bring the inputs to the same shape; an axis may also have size 1");
    }
  }
  return shape;
}

struct AddParams {
  static void describe(Fields<AddParams>& f) {
    f.about("The sum of several inputs, in a `graph`.");
    f.source("torch.add");
  }
  Shape outline(std::span<const Shape> inputs, Outline& out) const { return joint_shape(inputs, out); }
  Operand compute(std::span<const Operand> inputs, const Shape& made, Computation& out) const;
};

struct MultiplyParams {
  static void describe(Fields<MultiplyParams>& f) {
    f.about("The product of several inputs, element by element, in a `graph`.");
    f.source("torch.mul");
  }
  Shape outline(std::span<const Shape> inputs, Outline& out) const { return joint_shape(inputs, out); }
  Operand compute(std::span<const Operand> inputs, const Shape& made, Computation& out) const;
};

struct ConcatParams {
  std::int64_t axis = 0;

  static void describe(Fields<ConcatParams>& f) {
    f.about("Several inputs side by side, in a `graph`.");
    f.source("torch.cat");
    f("axis", &ConcatParams::axis, "along which they are put together: from 0, or from -1 backwards");
  }

  Shape outline(std::span<const Shape> inputs, Outline& out) const {
    Shape shape = inputs.front();
    const auto rank = static_cast<std::int64_t>(shape.sizes.size());
    if (axis < -rank || axis >= rank) {
      out.fail(text("has the axis ", axis, ", gets ", to_string(shape)),
               "count axes from 0, or from -1 backwards");
    }
    const auto along = static_cast<std::size_t>(axis < 0 ? axis + rank : axis);
    for (const Shape& input : inputs.subspan(1)) {
      Shape other = input;
      const bool has_axis = other.sizes.size() == shape.sizes.size();
      if (has_axis) other.sizes[along] = shape.sizes[along];
      if (other != shape) {
        out.fail(text("gets ", to_string(inputs.front()), " and ", to_string(input)),
                 text("let the inputs differ along axis ", axis, " only"));
      }
      shape.sizes[along] += input.sizes[along];
    }
    return shape;
  }
  Operand compute(std::span<const Operand> inputs, const Shape& made, Computation& out) const;
};

void implement_composites(Implementations& parts);  // composites.cpp

}  // namespace assay::layers
