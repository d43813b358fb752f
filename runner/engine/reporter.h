// Who hears what a run does: the record, the listener (progress on a terminal), the observers, in this order.
// Collects what observers ask for; the loop answers between steps.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "registry/contracts/engine.h"
#include "registry/contracts/tensor/observer.h"

namespace assay::engine {

class Reporter {
 public:
  explicit Reporter(const TrainJob& job) : job_(job) {}

  /// observers: as in the config; they outlive this. Within an event they are called by phase.
  void set_observers(const std::vector<std::unique_ptr<Observer>>& observers);

  /// Throws Kind::run with the observer's name if one throws or asks for what there is not. What observers
  /// ask for in answer to CheckpointSaved is not heard: when a checkpoint is taken may depend on the time,
  /// and what a run computes may not.
  void emit(const Event& event);

  /// GradientsReady, to observers only; costs nothing where there are none.
  void announce_gradients(std::int64_t step, bool will_log) {
    if (!hearers_.empty()) tell(GradientsReady{step, will_log});
  }

  /// One row of metrics, to the record.
  void log(std::int64_t step, std::int64_t epoch, const std::vector<Scalar>& row);
  /// The last value of every series that was logged, in the order in which they first came.
  const std::vector<Scalar>& latest() const { return latest_; }

  /// Whether observers asked for an evaluation, or a checkpoint, since this was last taken.
  bool take_evaluation() { return std::exchange(wants_evaluation_, false); }
  bool take_save() { return std::exchange(wants_save_, false); }
  bool wants_evaluation() const { return wants_evaluation_; }
  /// For a run that goes on: what was logged last and asked for before.
  void go_on_with(std::vector<Scalar> latest, bool wants_evaluation);
  /// Why an observer asked to stop; empty if none did.
  const std::string& stop_reason() const { return stop_reason_; }

 private:
  struct Hearer {
    Observer* observer;
    const Slot<Observer>* slot;
  };
  void tell(const Event& event);
  Request ask(const Hearer& hearer, const Event& event);
  void note_request(const Hearer& hearer, const Request& request);

  const TrainJob& job_;
  std::vector<Hearer> hearers_;  // by phase
  std::vector<Scalar> latest_;
  bool wants_evaluation_ = false;
  bool wants_save_ = false;
  std::string stop_reason_;
};

}  // namespace assay::engine
