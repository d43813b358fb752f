// The penalties of an experiment, on the parameters of its model.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <ATen/core/Tensor.h>

#include "registry/contracts/engine.h"
#include "registry/contracts/tensor/module.h"
#include "registry/contracts/tensor/penalty.h"
#include "runner/engine/faults.h"

namespace assay::engine {

class Penalties {
 public:
  /// Job and model outlive it. Throws Kind::config for globs that match no parameter.
  Penalties(const TrainJob& job, Module& model, Activity& activity);

  bool is_empty() const { return penalties_.empty(); }
  /// weight * value / divisor of each, added up, for a step on `rows` rows: 0-d, differentiable. At least one
  /// penalty.
  at::Tensor value(std::int64_t rows) const;

 private:
  struct Weighted {
    const Slot<Penalty>* slot;
    std::unique_ptr<Penalty> penalty;
  };

  std::vector<Weighted> penalties_;
  std::int64_t train_rows_;
  Activity& activity_;
};

}  // namespace assay::engine
