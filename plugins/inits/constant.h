// The same value everywhere. A bare number in an init slot means this one.
#pragma once

#include "registry/contracts/families.h"

namespace assay {
class Implementations;
}

namespace assay::inits {

struct ConstantParams {
  double value = 0.0;

  static void describe(Fields<ConstantParams>& f) {
    f.about("The same value everywhere. A bare number means this: `bias: 0`.");
    f.source("torch.nn.init.constant_");
    f("value", &ConstantParams::value, "the value");
  }
};

void implement_constant(Implementations& parts);  // constant.cpp

}  // namespace assay::inits
