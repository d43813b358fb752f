// First values scaled by the layer's size, so that signals keep their variance: Xavier (Glorot) and He
// (Kaiming).
#pragma once

#include <string>
#include <string_view>

#include "core/text.h"
#include "registry/contracts/families.h"

namespace assay {
class Implementations;
}

namespace assay::inits {

enum class Draw { uniform, normal };

constexpr std::string_view to_string(Draw draw) { return draw == Draw::uniform ? "uniform" : "normal"; }

/// Deviation gain * sqrt(2 / (fan_in + fan_out)).
template <Draw draw>
struct XavierParams {
  double gain = 1.0;

  static void describe(Fields<XavierParams>& f) {
    f.about(text("Xavier (Glorot), ", to_string(draw),
                 ": variance 2 / (fan_in + fan_out), for tanh and sigmoid."));
    f.source(
        "Glorot and Bengio 2010, Understanding the difficulty of training deep feedforward neural networks");
    f("gain", &XavierParams::gain, "multiplies the standard deviation", positive);
  }
};

/// Deviation sqrt(2 / ((1 + slope^2) * fan)).
template <Draw draw>
struct HeParams {
  std::string fan = "in";
  double slope = 0.0;

  static void describe(Fields<HeParams>& f) {
    f.about(text("He (Kaiming), ", to_string(draw), ": variance 2 / fan, for ReLU and its kin."));
    f.source("He et al. 2015, Delving Deep into Rectifiers");
    f("fan", &HeParams::fan, "keep the variance of signals (in) or of gradients (out)",
      one_of({"in", "out"}));
    f("slope", &HeParams::slope, "of the leaky ReLU that follows; 0 for a ReLU", non_negative);
  }
};

void implement_scaled(Implementations& parts);  // scaled.cpp

}  // namespace assay::inits
