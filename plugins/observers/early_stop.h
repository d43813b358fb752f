// Stops a run whose metric no longer improves.
#pragma once

#include <cstdint>
#include <string>

#include "registry/contracts/families.h"

namespace assay {
class Implementations;
}

namespace assay::observers {

struct EarlyStopParams {
  std::string metric = "valid/loss";
  std::int64_t patience = 5;
  double min_delta = 0.0;
  std::string mode = "auto";
  std::string compare_with = "improved";

  static void describe(Fields<EarlyStopParams>& f) {
    f.about(
        "Asks the run to stop when a metric has not improved for a number of evaluations, or, for a metric "
        "of "
        "train, of logged rows. scikit-learn's n_iter_no_change: n with tol is `metric: train/objective, "
        "patience: n + 1, min_delta: tol, compare_with: best` and `train.log_every: 1 epoch`.");
    f.source("Prechelt 1998, Early Stopping - But When?; sklearn.neural_network.MLPClassifier");
    f("metric", &EarlyStopParams::metric,
      "the metric, with its split: valid or train; train/objective is train/loss with the penalties");
    f("patience", &EarlyStopParams::patience, "how many values without improvement are borne", at_least(1));
    f("min_delta", &EarlyStopParams::min_delta, "how much better counts as an improvement", non_negative);
    f("mode", &EarlyStopParams::mode, "what is better: min, max, or auto for what the metric declares",
      one_of({"auto", "min", "max"}));
    f("compare_with", &EarlyStopParams::compare_with,
      "what has to be improved on: improved, the last value that counted as an improvement; best, the best "
      "so "
      "far, however little better than the one before",
      one_of({"improved", "best"}));
  }
};

void implement_early_stop(Implementations& parts);  // early_stop.cpp

}  // namespace assay::observers
