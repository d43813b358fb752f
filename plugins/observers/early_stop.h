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

  static void describe(Fields<EarlyStopParams>& f) {
    f.about("Asks the run to stop when a metric has not improved for a number of evaluations.");
    f("metric", &EarlyStopParams::metric, "the metric, with its split");
    f("patience", &EarlyStopParams::patience, "evaluations without improvement that are borne", at_least(1));
    f("min_delta", &EarlyStopParams::min_delta, "how much better counts as an improvement", non_negative);
    f("mode", &EarlyStopParams::mode, "what is better: min, max, or auto for what the metric declares",
      one_of({"auto", "min", "max"}));
  }
};

void implement_early_stop(Implementations& parts);  // early_stop.cpp

}  // namespace assay::observers
