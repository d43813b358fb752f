// Uniform first values: of given limits, or of limits by fan-in.
#pragma once

#include "registry/contracts/families.h"

namespace assay {
class Implementations;
}

namespace assay::inits {

struct UniformParams {
  double low = -0.1;
  double high = 0.1;

  static void describe(Fields<UniformParams>& f) {
    f.about("Uniform in [low, high).");
    f.source("torch.nn.init.uniform_");
    f("low", &UniformParams::low, "lower limit");
    f("high", &UniformParams::high, "upper limit");
    f.check("low is below high", [](const UniformParams& p) { return p.low < p.high; });
  }
};

struct UniformFanParams {
  static void describe(Fields<UniformFanParams>& f) {
    f.about(
        "Uniform in [-1/sqrt(fan_in), 1/sqrt(fan_in)), what PyTorch's linear and convolution layers start "
        "from.");
    f.source("torch.nn.Linear.reset_parameters");
  }
};

struct UniformFanOutParams {
  static void describe(Fields<UniformFanOutParams>& f) {
    f.about(
        "Uniform in [-1/sqrt(fan_out), 1/sqrt(fan_out)), what PyTorch's recurrent layers start from: there, "
        "fan_out is the size of the state.");
    f.source("torch.nn.LSTM.reset_parameters");
  }
};

void implement_uniform(Implementations& parts);  // uniform.cpp

}  // namespace assay::inits
