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
  static void describe(Fields<ReluParams>& f) {
    f.about("max(0, x).");
    f.source(
        "Nair and Hinton 2010, Rectified Linear Units Improve Restricted Boltzmann Machines; torch.nn.ReLU");
  }
  Operand compute(const Operand& x, const Shape& made, Computation& out) const;
};

struct TanhParams : Activation {
  static void describe(Fields<TanhParams>& f) {
    f.about("Hyperbolic tangent.");
    f.source("torch.nn.Tanh");
  }
  Operand compute(const Operand& x, const Shape& made, Computation& out) const;
};

struct SigmoidParams : Activation {
  static void describe(Fields<SigmoidParams>& f) {
    f.about("1 / (1 + exp(-x)).");
    f.source("torch.nn.Sigmoid");
  }
  Operand compute(const Operand& x, const Shape& made, Computation& out) const;
};

struct SiluParams : Activation {
  static void describe(Fields<SiluParams>& f) {
    f.about("x * sigmoid(x), also called swish.");
    f.source("Ramachandran et al. 2017, Searching for Activation Functions; torch.nn.SiLU");
  }
  Operand compute(const Operand& x, const Shape& made, Computation& out) const;
};

struct GeluParams : Activation {
  std::string approximate = "none";

  static void describe(Fields<GeluParams>& f) {
    f.about("x * Phi(x), with Phi the standard normal distribution.");
    f.source("Hendrycks and Gimpel 2016, Gaussian Error Linear Units");
    f("approximate", &GeluParams::approximate, "`tanh` takes the approximation by a tanh",
      one_of({"none", "tanh"}));
  }
  Operand compute(const Operand& x, const Shape& made, Computation& out) const;
};

struct LeakyReluParams : Activation {
  double slope = 0.01;

  static void describe(Fields<LeakyReluParams>& f) {
    f.about("x where it is positive, slope * x elsewhere.");
    f.source(
        "Maas et al. 2013, Rectifier Nonlinearities Improve Neural Network Acoustic Models; "
        "torch.nn.LeakyReLU");
    f("slope", &LeakyReluParams::slope, "of the negative side", non_negative);
  }
  Operand compute(const Operand& x, const Shape& made, Computation& out) const;
};

struct EluParams : Activation {
  double alpha = 1.0;

  static void describe(Fields<EluParams>& f) {
    f.about("x where it is positive, alpha * (exp(x) - 1) elsewhere.");
    f.source(
        "Clevert et al. 2016, Fast and Accurate Deep Network Learning by Exponential Linear Units; "
        "torch.nn.ELU");
    f("alpha", &EluParams::alpha, "minus the limit on the negative side", non_negative);
  }
  Operand compute(const Operand& x, const Shape& made, Computation& out) const;
};

struct SeluParams : Activation {
  static void describe(Fields<SeluParams>& f) {
    f.about("1.0507 x where it is positive, 1.7581 * (exp(x) - 1) elsewhere: keeps mean 0 and variance 1.");
    f.source("Klambauer et al. 2017, Self-Normalizing Neural Networks");
  }
  Operand compute(const Operand& x, const Shape& made, Computation& out) const;
};

struct SoftplusParams : Activation {
  double beta = 1.0;

  static void describe(Fields<SoftplusParams>& f) {
    f.about("log(1 + exp(beta * x)) / beta: a smooth ReLU. x itself where beta * x is above 20.");
    f.source("torch.nn.Softplus");
    f("beta", &SoftplusParams::beta, "how sharp the bend is", positive);
  }
  Operand compute(const Operand& x, const Shape& made, Computation& out) const;
};

struct MishParams : Activation {
  static void describe(Fields<MishParams>& f) {
    f.about("x * tanh(log(1 + exp(x))).");
    f.source("Misra 2019, Mish: A Self Regularized Non-Monotonic Activation Function");
  }
  Operand compute(const Operand& x, const Shape& made, Computation& out) const;
};

struct HardswishParams : Activation {
  static void describe(Fields<HardswishParams>& f) {
    f.about("x * min(max(x + 3, 0), 6) / 6: silu without an exponential.");
    f.source("Howard et al. 2019, Searching for MobileNetV3");
  }
  Operand compute(const Operand& x, const Shape& made, Computation& out) const;
};

void implement_activations(Implementations& parts);  // activations.cpp

}  // namespace assay::layers
