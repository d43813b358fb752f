// Losses of classification that ask for a distance between the score of the true class and the others.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "registry/contracts/families.h"

namespace assay {
class Implementations;
}

namespace assay::losses {

struct HingeParams {
  double margin = 1.0;
  bool squared = false;

  static void describe(Fields<HingeParams>& f) {
    f.about(
        "How much the score of the true class fails to lead the best of the others by `margin`; the mean "
        "over samples.");
    f.source(
        "Crammer and Singer 2001, On the algorithmic implementation of multiclass kernel-based vector "
        "machines; sklearn.metrics.hinge_loss");
    f("margin", &HingeParams::margin, "the lead that is asked for", positive);
    f("squared", &HingeParams::squared, "square what is missing");
  }

  static std::vector<Task::Kind> tasks() { return {Task::Kind::classification, Task::Kind::language_model}; }
};

struct MultiMarginParams {
  double margin = 1.0;
  std::int64_t p = 1;

  static void describe(Fields<MultiMarginParams>& f) {
    f.about(
        "How much the score of the true class fails to lead each other one by `margin`, added up over the "
        "others and divided by the number of classes; the mean over samples.");
    f.source(
        "torch.nn.MultiMarginLoss; Weston and Watkins 1999, Support vector machines for multi-class "
        "pattern recognition");
    f("margin", &MultiMarginParams::margin, "the lead that is asked for", positive);
    f("p", &MultiMarginParams::p, "1, or 2 to square what is missing", at_least(1) && at_most(2));
  }

  static std::vector<Task::Kind> tasks() { return {Task::Kind::classification, Task::Kind::language_model}; }
};

void implement_margins(Implementations& parts);  // margins.cpp

}  // namespace assay::losses
