// What a checkpoint holds: everything a run needs to go on from it. Names are a public format
// (docs/formats/checkpoint.md):
//
//   model/<dotted>      optimizer/...      schedule/...      observers/<i>/...
//   ema/{updates, weights/<dotted>}        with train.ema
//   scaler/{scale, growth_tracker}         with train.precision: fp16
//   interval/...        training loss, metrics and penalties since the last logged row
//   ranks/size, ranks/<r>/interval/...     of several processes: what those behind rank 0 saw
//   divergence/{count, lr_factor, passed_over}, restore_point/{state/..., latest/...}
//                                          with train.on_divergence: rollback
//   position/{step, epoch, batch_in_epoch, samples}
//   loop/{factor, evaluated_at, wants_evaluation}
//   end/why                                of the last one: the run is over
//   best/{metric, step, value}             with checkpoint.keep_best, once there is a best
//   transforms/<i>/...  targets/<i>/...    fitted on train: prediction needs them
//   data/legend                            what classes, columns and tokens stand for: the same
//
// No clock is in it: the same experiment run twice has equal checkpoints. Checkpoints are taken between two
// steps, once everything that belongs to a step has happened.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "registry/contracts/engine.h"
#include "registry/contracts/prepared.h"
#include "registry/contracts/schedule.h"
#include "registry/contracts/tensor/model.h"
#include "registry/contracts/tensor/observer.h"
#include "registry/contracts/tensor/optimizer.h"
#include "runner/engine/averages.h"
#include "runner/engine/evaluation.h"
#include "runner/engine/gradients.h"
#include "runner/engine/ranks.h"
#include "runner/engine/rollback.h"

namespace assay::engine {

/// Where a run is, between two steps.
struct Position {
  std::int64_t step = 0;            // steps done
  std::int64_t epoch = 0;           // the one being trained, from 0
  std::int64_t batch_in_epoch = 0;  // batches done of it
  std::int64_t samples = 0;         // trained on so far

  void save(StateWriter& out) const;
  void load(const StateReader& in);
};

/// What else the loop has to remember.
struct LoopState {
  Position position;
  double factor = 1;               // the schedule's, of the last step
  std::int64_t evaluated_at = -1;  // step of the last evaluation; -1: none yet
  bool wants_evaluation = false;   // asked for by an observer, to be answered after the next step
  std::string over_why;            // why the run is over, as "20 epochs"; empty while it goes on

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
  std::int64_t rollbacks = 0;  // before it: a step that is done again has other weights

  bool is_known() const { return step >= 0; }
};

/// The parts of a run that have a state.
struct StatefulParts {
  Module& model;
  Optimizer& optimizer;
  Schedule& schedule;
  const std::vector<std::unique_ptr<Observer>>& observers;
  Scores& interval;
  const Prepared& prepared;
  AveragedWeights* averages;  // null: none
  GradScaler* scaler;         // null: none
  Divergences* divergences;   // null: a run that diverges fails
  RestorePoint* point;        // as divergences
  Ranks* ranks;               // null: this process trains alone
  LoopState& loop;
  Best& best;
  std::string best_metric;  // checkpoint.keep_best; empty without
};

/// SHA-256 of names and bytes of all parameters and buffers, in order. Waits for the device.
std::string weights_digest(Module& module);

/// Views of what is there now, not copies: valid until the next step. Of several processes all call it, and
/// rank 0 has what the others saw.
State checkpoint_state(const StatefulParts& parts);
/// The part of it that going back to an earlier step undoes.
State undoable_state(const StatefulParts& parts);
/// Puts back what undoable_state gave.
void go_back(const State& state, const StatefulParts& parts);

/// Puts back what checkpoint_state gave, into parts that were built from the same config, and looks whether
/// they now give the same state, bit for bit. Throws Kind::store, naming what is missing, unexpected or
/// different. A fork has another config: there, sections that `saved` lacks stay as they were built, and
/// nothing is compared. Where as many processes go on as there were, each has the interval that it had; else
/// rank 0 has all of it.
void restore(const ResumePoint& saved, const StatefulParts& parts);

}  // namespace assay::engine
