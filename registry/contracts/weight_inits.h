// The `init:` section of everything with weights and biases.
//
//   struct LinearParams { WeightInits init; ... };        init: {weight: xavier_uniform, bias: 0}
#pragma once

#include "registry/contracts/families.h"

namespace assay {

struct WeightInits {
  Slot<Init> weight = "uniform_fan";
  Slot<Init> bias = "uniform_fan";

  static void describe(Fields<WeightInits>& f) {
    f("weight", &WeightInits::weight, "first values of the weights");
    f("bias", &WeightInits::bias, "first values of the biases");
  }
};

}  // namespace assay
