// Large weights cost what they are: L1, the lasso.
#pragma once

#include "registry/contracts/families.h"

namespace assay {
class Implementations;
}

namespace assay::penalties {

struct L1Params {
  static void describe(Fields<L1Params>& f) {
    f.about("The sum of the absolute values of all weights: many become 0.");
    f.source("Tibshirani 1996, Regression Shrinkage and Selection via the Lasso");
  }
};

void implement_l1(Implementations& parts);  // l1.cpp

}  // namespace assay::penalties
