// Dropout as layers.
#pragma once

#include "plugins/layers/inputs.h"

namespace assay {
class Implementations;
}

namespace assay::layers {

struct DropoutParams {
  double p = 0.5;

  static void describe(Fields<DropoutParams>& f) {
    f.about(
        "In training, zeroes each element with chance p and scales the rest by 1 / (1 - p). The same "
        "elements whatever "
        "the batch size or the number of threads: draws belong to the sample, not to its place in the "
        "batch.");
    f.source("Srivastava et al. 2014, Dropout: A Simple Way to Prevent Neural Networks from Overfitting");
    f("p", &DropoutParams::p, "chance that an element is zeroed", fraction);
  }

  Shape outline(const Shape& in, Outline& out) const {
    require_floats(in, out);
    if (p > 0) out.random();
    return in;
  }
  Operand compute(const Operand& x, const Shape& made, Computation& out) const;
};

struct Dropout2dParams {
  double p = 0.5;

  static void describe(Fields<Dropout2dParams>& f) {
    f.about(
        "In training, zeroes whole channels of [channels, ...] with chance p and scales the rest by 1 / (1 - "
        "p).");
    f.source("Tompson et al. 2015, Efficient Object Localization Using Convolutional Networks");
    f("p", &Dropout2dParams::p, "chance that a channel is zeroed", fraction);
  }

  Shape outline(const Shape& in, Outline& out) const {
    require_floats(in, out);
    if (p > 0) out.random();
    if (in.sizes.size() < 2) {
      out.fail(text("expects [channels, length] or [channels, height, width], gets ", to_string(in)),
               "use `dropout`");
    }
    return in;
  }
  Operand compute(const Operand& x, const Shape& made, Computation& out) const;
};

void implement_dropout(Implementations& parts);  // dropout.cpp

}  // namespace assay::layers
