// Going back after a divergence (`train.on_divergence: rollback`): to a state that was kept in memory at
// steps that the config places, never to a checkpoint that the clock decided on. What is kept here is in
// every checkpoint, so a run that goes on diverges and goes back as the uninterrupted one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/error.h"
#include "registry/contracts/events.h"
#include "registry/contracts/state.h"

namespace assay::engine {

/// A loss, a gradient or a weight is no number.
class Diverged : public Error {
 public:
  /// what: "train/loss is nan".
  Diverged(const std::string& what, std::int64_t step, double learning_rate);
};

/// The divergences of a run so far. Going back does not undo it.
struct Divergences {
  std::int64_t count = 0;
  double lr_factor = 1;                   // of all of them together
  std::vector<std::int64_t> passed_over;  // steps, from 0, whose batches are not trained on

  bool pass_over(std::int64_t step) const;
  void save(StateWriter& out) const;
  void load(const StateReader& in);
};

/// The state of a run at an earlier step, copied.
class RestorePoint {
 public:
  bool is_taken() const { return !state_.empty(); }
  std::int64_t step() const { return StateReader(state_).integer("position/step"); }
  const State& state() const { return state_; }
  /// The last value of every series then.
  const std::vector<Scalar>& latest() const { return latest_; }

  void take(const State& state, std::vector<Scalar> latest);
  void save(StateWriter& out) const;
  void load(const StateReader& in);

 private:
  State state_;
  std::vector<Scalar> latest_;
};

}  // namespace assay::engine
