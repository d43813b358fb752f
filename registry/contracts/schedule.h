// The learning rate over the run, as a factor on the optimizer's own.
#pragma once

#include <cstdint>
#include <optional>

#include "registry/contracts/families.h"
#include "registry/contracts/state.h"

namespace assay {

class Implementations;

class Schedule {
 public:
  using Contract = Schedule;
  struct Needs {
    std::int64_t total_steps = 0;  // 0: the run is bounded by time only
    std::int64_t steps_per_epoch = 1;
    std::int64_t batch_size = 1;             // samples a step
    std::int64_t samples_per_epoch = 0;      // 0: those of whole batches
    bool is_judged = true;                   // valid has rows, so observe() is called
    const Implementations* parts = nullptr;  // for schedules that are made of others
  };

  virtual ~Schedule();
  /// The factor for a step, counted from 0. Called once a step, in order.
  virtual double factor(std::int64_t step) = 0;
  /// After an evaluation on valid: schedules that watch a metric look here.
  virtual void observe(double valid_loss);
  virtual void save(StateWriter& out) const;
  virtual void load(const StateReader& in);
};

}  // namespace assay
