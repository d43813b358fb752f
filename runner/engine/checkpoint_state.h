// What a checkpoint holds: everything a run needs to go on from it. Names are a public format
// (docs/formats/checkpoint.md):
//
//   model/<dotted>      optimizer/...      schedule/...      observers/<i>/...
//   interval/...        training loss and metrics since the last logged row
//   position/{step, epoch, batch_in_epoch, samples}
//   best/{metric, step, value}             with checkpoint.keep_best, once there is a best
//   transforms/<i>/...  targets/<i>/...    fitted on train: prediction needs them
//
// No clock is in it: the same experiment run twice has equal checkpoints.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "registry/contracts/prepared.h"
#include "registry/contracts/schedule.h"
#include "registry/contracts/tensor/model.h"
#include "registry/contracts/tensor/observer.h"
#include "registry/contracts/tensor/optimizer.h"
#include "runner/engine/evaluation.h"

namespace assay::engine {

/// Where a run is, between two steps.
struct Position {
  std::int64_t step = 0;            // steps done
  std::int64_t epoch = 0;           // the one being trained, from 0
  std::int64_t batch_in_epoch = 0;  // batches done of it; all of them until EpochDone was sent
  std::int64_t samples = 0;         // trained on so far

  void save(StateWriter& out) const;
  void load(const StateReader& in);
};

/// Tensors of a model, copied to the CPU.
class WeightsCopy {
 public:
  bool is_empty() const { return tensors_.empty(); }
  void take(Module& module);
  /// Into the same module, or one of the same tensors.
  void give_back(Module& module) const;

 private:
  std::vector<at::Tensor> tensors_;  // parameters, then buffers
};

/// The best evaluation so far, by checkpoint.keep_best.
struct Best {
  std::int64_t step = -1;  // none yet
  double value = 0;
  WeightsCopy weights;

  bool is_known() const { return step >= 0; }
};

/// The parts of a run that have a state.
struct StatefulParts {
  Module& model;
  const Optimizer& optimizer;
  const Schedule& schedule;
  const std::vector<std::unique_ptr<Observer>>& observers;
  const Scores& interval;
  const Prepared& prepared;
};

/// Views of what is there now, not copies: valid until the next step.
State checkpoint_state(const StatefulParts& parts, const Position& position, const std::string& best_metric,
                       const Best& best);

}  // namespace assay::engine
