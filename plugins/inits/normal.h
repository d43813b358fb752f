// Normal first values of given mean and deviation.
#pragma once

#include "registry/contracts/families.h"

namespace assay {
class Implementations;
}

namespace assay::inits {

struct NormalParams {
  double mean = 0.0;
  double std = 0.01;

  static void describe(Fields<NormalParams>& f) {
    f.about("Normal with a mean and a standard deviation.");
    f("mean", &NormalParams::mean, "the mean");
    f("std", &NormalParams::std, "the standard deviation", non_negative, log_scale);
  }
};

void implement_normal(Implementations& parts);  // normal.cpp

}  // namespace assay::inits
