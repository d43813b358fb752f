// Logs how large gradients and weights are.
#pragma once

#include <string>
#include <vector>

#include "registry/contracts/families.h"
#include "registry/contracts/globs.h"

namespace assay {
class Implementations;
}

namespace assay::observers {

/// Parameters whose norms are logged by themselves.
struct NormsPart {
  std::string name;
  Globs match;

  static void describe(Fields<NormsPart>& f) {
    f.about("Parameters whose norms are logged by themselves.");
    f("name", &NormsPart::name, "of the numbers: norm/gradient.NAME", required, non_empty);
    f("match", &NormsPart::match, "globs on dotted parameter names, as `*bias`; `*` also crosses dots",
      required, non_empty, each(non_empty()));
  }
};

struct NormsParams {
  bool gradients = true;
  bool weights = true;
  std::vector<NormsPart> parts;

  static void describe(Fields<NormsParams>& f) {
    f.about(
        "Logs L2 norms with every row of training: norm/gradient, of the gradients of that step (unscaled "
        "and "
        "clipped), and norm/weight, of the parameters after it. Costs nothing between rows.");
    f("gradients", &NormsParams::gradients, "log the norm of the gradients");
    f("weights", &NormsParams::weights, "log the norm of the parameters");
    f("parts", &NormsParams::parts,
      "parts of the model to log apart, each as {name: embedding, match: \"*embed*\"}");
  }
};

void implement_norms(Implementations& parts);  // norms.cpp

}  // namespace assay::observers
