// The losses of regression that compare each value with its target.
#pragma once

#include <string>
#include <vector>

#include "registry/contracts/families.h"

namespace assay {
class Implementations;
}

namespace assay::losses {

struct MseParams {
  static void describe(Fields<MseParams>& f) {
    f.about(
        "Mean squared error over all target values, in the scale that the model learns in (after "
        "`dataset.targets`).");
    f.source("torch.nn.MSELoss");
  }

  static std::vector<Task::Kind> tasks() { return {Task::Kind::regression, Task::Kind::sequence}; }
};

struct MaeParams {
  static void describe(Fields<MaeParams>& f) {
    f.about(
        "Mean absolute error over all target values, in the scale that the model learns in (after "
        "`dataset.targets`).");
    f.source("torch.nn.L1Loss");
  }

  static std::vector<Task::Kind> tasks() { return {Task::Kind::regression, Task::Kind::sequence}; }
};

struct HuberParams {
  double delta = 1.0;
  std::string form = "huber";

  static void describe(Fields<HuberParams>& f) {
    f.about(
        "Half the squared error where that is below `delta`, and a straight line beyond, so that outliers "
        "pull less. The mean over all target values, in the scale that the model learns in.");
    f.source(
        "torch.nn.HuberLoss and torch.nn.SmoothL1Loss; Huber 1964, Robust estimation of a location "
        "parameter");
    f("delta", &HuberParams::delta, "the error from which on it is straight (beta of smooth_l1)", positive);
    f("form", &HuberParams::form,
      "huber: the slope of the line is `delta`; smooth_l1: divided by `delta`, so that the slope is 1",
      one_of({"huber", "smooth_l1"}));
  }

  static std::vector<Task::Kind> tasks() { return {Task::Kind::regression, Task::Kind::sequence}; }
};

void implement_values(Implementations& parts);  // values.cpp

}  // namespace assay::losses
