// Trials without LibTorch: a training loop that computes one number, with all that a real one does to its
// record, so that what is tested is the sweep.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>

#include "core/error.h"
#include "core/text.h"
#include "registry/contracts/engine.h"

namespace assay::testing {

/// Four epochs of ten steps. valid/loss after epoch e is (log10 lr + 2.5)^2 + dropout + seed / 1000 + 1 / e.
class FakeRunner final : public TrialRunner {
 public:
  static constexpr std::int64_t n_epochs = 4;
  static constexpr std::int64_t steps_per_epoch = 10;

  /// Called after every epoch, with its number from 1; may raise a signal. Empty: nothing.
  std::function<void(const Experiment&, std::int64_t epoch)> after_epoch;
  /// A message makes the run fail at its first epoch.
  std::function<std::string(const Experiment&)> failure;

  /// What is no fault of the run: as the engine, it ends the record as failed and throws. Empty: nothing.
  std::function<void(const Experiment&)> throws;

  Outcome train(const TrainJob& job) override {
    if (throws) {
      end(job, Outcome::Status::failed, "the disk is full", 0, {});
      throws(job.experiment);
    }
    if (const std::string why = failure ? failure(job.experiment) : ""; !why.empty())
      return end(job, Outcome::Status::failed, why, 0, {});
    tell(job, RunStarted{n_epochs * steps_per_epoch, steps_per_epoch, 0, 1, "cpu", 1});
    std::int64_t epoch = job.resume ? StateReader(job.resume->state).integer("position/epoch") : 0;
    std::vector<Scalar> row;
    if (job.resume) row = job.resume->latest;
    while (epoch < n_epochs) {
      ++epoch;
      row = {{"valid/loss", loss_after(job.experiment, epoch)}};
      job.recorder.log(epoch * steps_per_epoch, epoch, row);
      job.listener.on(StepDone{epoch * steps_per_epoch, epoch - 1, &row});
      tell(job, Evaluated{epoch * steps_per_epoch, epoch, "valid", row});
      if (after_epoch) after_epoch(job.experiment, epoch);
      const bool is_last = epoch == n_epochs;
      const bool is_stopped = !is_last && job.stop != nullptr && *job.stop;
      if (is_last || is_stopped) save(job, epoch, is_last);
      if (is_stopped) return end(job, Outcome::Status::stopped, "stopped", epoch, row);
    }
    return end(job, Outcome::Status::finished, "", epoch, row);
  }

  static double loss_after(const Experiment& experiment, std::int64_t epoch) {
    const double lr = experiment.optimizer.to_json().find("lr")->real();
    const double dropout = experiment.model.to_json().find("dropout")->real();
    const double away = std::log10(lr) + 2.5;
    return away * away + dropout + static_cast<double>(experiment.seed) / 1000 +
           1.0 / static_cast<double>(epoch);
  }

 private:
  static void tell(const TrainJob& job, const Event& event) {
    job.recorder.event(event);
    job.listener.on(event);
  }

  static void save(const TrainJob& job, std::int64_t epoch, bool is_final) {
    State state;
    StateWriter(state).integer("position/epoch", epoch);
    StateWriter(state).integer("position/step", epoch * steps_per_epoch);
    job.recorder.checkpoint({epoch * steps_per_epoch, epoch, false, 0, is_final}, state);
    job.recorder.settle();
  }

  static Outcome end(const TrainJob& job, Outcome::Status status, const std::string& why, std::int64_t epoch,
                     std::vector<Scalar> row) {
    Outcome outcome{status, why, epoch * steps_per_epoch, epoch, 0.01, std::move(row)};
    job.recorder.finish(outcome);
    return outcome;
  }
};

}  // namespace assay::testing
