// The fully connected network.
#pragma once

#include <cstdint>
#include <vector>

#include "plugins/models/outlines.h"
#include "registry/contracts/families.h"
#include "registry/contracts/weight_inits.h"

namespace assay {
class Implementations;
}

namespace assay::models {

struct MlpParams {
  std::vector<std::int64_t> hidden{128, 128};
  Slot<Layer> activation = "relu";
  double dropout = 0.0;
  double input_dropout = 0.0;
  WeightInits init;

  static void describe(Fields<MlpParams>& f) {
    f.about(
        "Fully connected network: an activation and a dropout after every hidden layer. Inputs of any shape "
        "are flattened.");
    f("hidden", &MlpParams::hidden, "units in each hidden layer; none makes a linear model",
      each(at_least(1)));
    f("activation", &MlpParams::activation, "after every hidden layer");
    f("dropout", &MlpParams::dropout, "chance that a hidden unit is zeroed", fraction);
    f("input_dropout", &MlpParams::input_dropout, "chance that an input is zeroed", fraction);
    f("init", &MlpParams::init, "first values of weights and biases");
  }

  Shape outline(Outline& out) const {
    return outline_dense(float_input(out), {hidden, activation, input_dropout, dropout}, out);
  }
  Operand compute(const Shape& made, Computation& out) const;
};

void implement_mlp(Implementations& parts);  // mlp.cpp

}  // namespace assay::models
