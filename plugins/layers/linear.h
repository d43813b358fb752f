// The fully connected layer.
#pragma once

#include <cstdint>

#include "plugins/layers/inputs.h"
#include "registry/contracts/weight_inits.h"

namespace assay {
class Implementations;
}

namespace assay::layers {

struct LinearParams {
  std::int64_t units = 0;
  bool bias = true;
  WeightInits init;

  static void describe(Fields<LinearParams>& f) {
    f.about("Fully connected: y = x W^T + b. The number of its inputs is inferred.");
    f("units", &LinearParams::units, "outputs; 0 for as many as the task asks for", non_negative);
    f("bias", &LinearParams::bias, "add a bias");
    f("init", &LinearParams::init, "first values of weights and biases");
  }

  std::int64_t units_for(const ModelFacts& facts) const { return units > 0 ? units : facts.outputs(); }

  Shape outline(const Shape& in, Outline& out) const {
    require_floats(in, out);
    if (in.sizes.size() != 1)
      out.fail(text("expects [features], gets ", to_string(in)), "put `flatten` before it");
    const std::int64_t outputs = units_for(out.facts());
    out.parameter("weight", {outputs, in.sizes[0]});
    if (bias) out.parameter("bias", {outputs});
    return {{outputs}};
  }
};

void implement_linear(Implementations& parts);  // linear.cpp

}  // namespace assay::layers
