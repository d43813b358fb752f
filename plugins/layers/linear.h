// The fully connected layer.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plugins/layers/inputs.h"
#include "registry/contracts/weight_inits.h"

namespace assay {
class Implementations;
}

namespace assay::layers {

struct LinearParams {
  std::int64_t units = 0;
  bool bias = true;
  std::string tied;
  WeightInits init;

  static void describe(Fields<LinearParams>& f) {
    f.about(
        "Fully connected: y = x W^T + b, at each place of a sequence where it gets one. Takes [features] or "
        "[time, "
        "features]; the number of features is inferred.");
    f.source("torch.nn.Linear");
    f("units", &LinearParams::units, "outputs; 0 for as many as the task asks for", non_negative);
    f("bias", &LinearParams::bias, "add a bias");
    f("tied", &LinearParams::tied,
      "dotted name of a layer whose weight it uses instead of one of its own, as `layers.0`, an embedding of "
      "as "
      "many tokens as this has outputs");
    f("init", &LinearParams::init, "first values of weights and biases");
  }

  std::int64_t units_for(const ModelFacts& facts) const { return units > 0 ? units : facts.outputs(); }

  std::string tied_weight() const { return tied + ".weight"; }

  Shape outline(const Shape& in, Outline& out) const {
    require_floats(in, out);
    if (in.sizes.empty() || in.sizes.size() > 2) {
      out.fail(text("expects [features] or [time, features], gets ", to_string(in)),
               "put `flatten` before it");
    }
    const std::int64_t outputs = units_for(out.facts());
    const std::vector<std::int64_t> weight{outputs, in.sizes.back()};
    if (tied.empty()) {
      out.parameter("weight", weight);
    } else {
      out.shared_parameter(tied_weight(), weight);
    }
    if (bias) out.parameter("bias", {outputs});
    Shape shape = in;
    shape.sizes.back() = outputs;
    return shape;
  }
  Operand compute(const Operand& x, const Shape& made, Computation& out) const;
};

void implement_linear(Implementations& parts);  // linear.cpp

}  // namespace assay::layers
