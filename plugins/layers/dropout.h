// Dropout as a layer.
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
    return in;
  }
};

void implement_dropout(Implementations& parts);  // dropout.cpp

}  // namespace assay::layers
