// Large weights cost their square: L2, ridge.
#pragma once

#include "registry/contracts/families.h"

namespace assay {
class Implementations;
}

namespace assay::penalties {

struct L2Params {
  static void describe(Fields<L2Params>& f) {
    f.about("The sum of the squares of all weights, without a half: its gradient is twice the weight.");
    f.source("Krogh and Hertz 1991, A Simple Weight Decay Can Improve Generalization");
  }
};

void implement_l2(Implementations& parts);  // l2.cpp

}  // namespace assay::penalties
