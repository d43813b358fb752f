// Stops trials that will not win. A pruner is a pure function of the curves that are recorded; it looks when
// a trial was evaluated, and at paused trials when other results have come.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "registry/contracts/families.h"

namespace assay {

struct Reading {
  double epochs = 0;  // trained until then
  std::int64_t steps = 0;
  double value = 0;  // of the objective, turned so that lower is better; not finite counts as the worst
};

/// The evaluations of one trial, in their order.
struct Curve {
  std::int64_t number = 0;  // of the trial
  std::vector<Reading> readings;
};

enum class Decision {
  go_on,
  pause,  // keep a checkpoint and give the place to another trial; asked again when there are more curves
  stop
};

class Pruner {
 public:
  using Contract = Pruner;
  struct Needs {};

  virtual ~Pruner();
  /// What a trial does after its last reading. curves: of all trials, this one's too, in ascending order of
  /// their numbers. are_all_in: none but paused trials are left, so waiting brings nothing.
  virtual Decision decide(const Curve& trial, std::span<const Curve> curves, bool are_all_in) const = 0;
};

}  // namespace assay
