// Parameters that are not trained, for some time or for good (`train.freeze`). A frozen parameter needs no
// gradient: the backward pass leaves it out, and so do clipping and the optimizer, weight decay and all.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "registry/contracts/experiment.h"
#include "registry/contracts/tensor/module.h"
#include "runner/engine/pace.h"

namespace assay::engine {

class Freezing {
 public:
  /// total_steps: what a percentage is of. Throws Kind::config for globs that match no parameter, or where
  /// nothing is left to train at the first step.
  Freezing(const std::vector<FreezeRule>& rules, Module& model, const Pace& pace,
           std::int64_t total_steps);

  /// Before step number `step`, from 0. Follows from the step alone.
  void apply(std::int64_t step) {
    if (step >= next_change_) set(step);
  }
  /// For a run that goes on at another step than the next one.
  void begin_anew() { next_change_ = 0; }

 private:
  struct Frozen {
    at::Tensor parameter;
    std::int64_t until;  // the first step that trains it
  };
  void set(std::int64_t step);

  std::vector<Frozen> frozen_;
  std::int64_t next_change_ = 0;
};

}  // namespace assay::engine
