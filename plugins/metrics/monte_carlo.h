// What the spread of several forward passes of the same sample says: Monte-Carlo dropout. Given on valid and
// test; needs `predict: {passes: N, dropout: true}`.
#pragma once

#include <vector>

#include "registry/contracts/families.h"

namespace assay {
class Implementations;
}

namespace assay::metrics {

struct McRmseParams {
  static void describe(Fields<McRmseParams>& f) {
    f.about(
        "Root of the mean squared error of the mean over all passes (`predict.passes`, "
        "`predict.dropout`), in the units of the data.");
    f.source("Gal and Ghahramani 2016, Dropout as a Bayesian approximation, arXiv 1506.02142, sec. 5.2");
  }

  static std::vector<Task::Kind> tasks() { return {Task::Kind::regression}; }
  static constexpr bool needs_passes = true;
};

struct McLogLikelihoodParams {
  double tau = 0;

  static void describe(Fields<McLogLikelihoodParams>& f) {
    f.about(
        "Log of the density that the passes (`predict.passes`, `predict.dropout`) give to a target, in "
        "nats, the mean over samples: each pass is the mean of a normal distribution of precision `tau`, "
        "and all count the same. In the units of the data.");
    f.source("Gal and Ghahramani 2016, Dropout as a Bayesian approximation, arXiv 1506.02142, eq. 8");
    f("tau", &McLogLikelihoodParams::tau,
      "precision of what is observed, 1 / its variance, in the units of the data", required, positive,
      log_scale);
  }

  static std::vector<Task::Kind> tasks() { return {Task::Kind::regression}; }
  static constexpr bool is_better_high = true;
  static constexpr bool needs_passes = true;
};

void implement_monte_carlo(Implementations& parts);  // monte_carlo.cpp

}  // namespace assay::metrics
