// First values whose rows or columns are orthogonal to each other.
#pragma once

#include "registry/contracts/families.h"

namespace assay {
class Implementations;
}

namespace assay::inits {

struct OrthogonalParams {
  double gain = 1.0;

  static void describe(Fields<OrthogonalParams>& f) {
    f.about(
        "Rows or columns, whichever are fewer, of length 1 and orthogonal to each other. Of more than two "
        "axes, "
        "all but the first are taken together. Not for biases.");
    f.source(
        "Saxe et al. 2013, Exact solutions to the nonlinear dynamics of learning in deep linear networks");
    f("gain", &OrthogonalParams::gain, "multiplies all", positive);
  }
};

void implement_orthogonal(Implementations& parts);  // orthogonal.cpp

}  // namespace assay::inits
