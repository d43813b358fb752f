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
    f.source("torch.nn.init.normal_");
    f("mean", &NormalParams::mean, "the mean");
    f("std", &NormalParams::std, "the standard deviation", non_negative, log_scale);
  }
};

struct StandardNormalParams {
  static void describe(Fields<StandardNormalParams>& f) {
    f.about("Normal with mean 0 and standard deviation 1, what PyTorch's embeddings start from.");
    f.source("torch.nn.Embedding.reset_parameters");
  }
};

struct TruncNormalParams {
  double mean = 0.0;
  double std = 1.0;
  double low = -2.0;
  double high = 2.0;

  static void describe(Fields<TruncNormalParams>& f) {
    f.about("Normal with a mean and a standard deviation, without what lies outside of [low, high].");
    f.source("torch.nn.init.trunc_normal_");
    f("mean", &TruncNormalParams::mean, "the mean before it was cut");
    f("std", &TruncNormalParams::std, "the standard deviation before it was cut", positive, log_scale);
    f("low", &TruncNormalParams::low, "the least value: a value, not a number of deviations");
    f("high", &TruncNormalParams::high, "the largest value");
    f.check("low is below high", [](const TruncNormalParams& p) { return p.low < p.high; });
    f.check("some of [low, high] lies within 5 deviations of the mean", [](const TruncNormalParams& p) {
      return p.low < p.mean + 5 * p.std && p.high > p.mean - 5 * p.std;
    });
  }
};

void implement_normal(Implementations& parts);  // normal.cpp

}  // namespace assay::inits
