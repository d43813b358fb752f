// Functions of single elements.
#pragma once

#include <string>

#include "plugins/layers/inputs.h"

namespace assay {
class Implementations;
}

namespace assay::layers {

/// The shape function of all of them.
struct Activation {
  Shape outline(const Shape& in, Outline& out) const {
    require_floats(in, out);
    return in;
  }
};

struct ReluParams : Activation {
  static void describe(Fields<ReluParams>& f) { f.about("max(0, x)."); }
};

struct TanhParams : Activation {
  static void describe(Fields<TanhParams>& f) { f.about("Hyperbolic tangent."); }
};

struct SigmoidParams : Activation {
  static void describe(Fields<SigmoidParams>& f) { f.about("1 / (1 + exp(-x))."); }
};

struct SiluParams : Activation {
  static void describe(Fields<SiluParams>& f) { f.about("x * sigmoid(x), also called swish."); }
};

struct GeluParams : Activation {
  std::string approximate = "none";

  static void describe(Fields<GeluParams>& f) {
    f.about("x * Phi(x), with Phi the standard normal distribution.");
    f.source("Hendrycks and Gimpel 2016, Gaussian Error Linear Units");
    f("approximate", &GeluParams::approximate, "`tanh` takes the approximation by a tanh",
      one_of({"none", "tanh"}));
  }
};

struct LeakyReluParams : Activation {
  double slope = 0.01;

  static void describe(Fields<LeakyReluParams>& f) {
    f.about("x where it is positive, slope * x elsewhere.");
    f("slope", &LeakyReluParams::slope, "of the negative side", non_negative);
  }
};

struct EluParams : Activation {
  double alpha = 1.0;

  static void describe(Fields<EluParams>& f) {
    f.about("x where it is positive, alpha * (exp(x) - 1) elsewhere.");
    f("alpha", &EluParams::alpha, "minus the limit on the negative side", non_negative);
  }
};

void implement_activations(Implementations& parts);  // activations.cpp

}  // namespace assay::layers
