// What happens in a run, as typed events; what an observer may ask in return.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace assay {

/// A named number: "train/loss", "valid/accuracy", "train/lr".
struct Scalar {
  std::string name;
  double value = 0;
};

struct RunStarted {
  std::int64_t total_steps = 0;  // 0: bounded by time only
  std::int64_t steps_per_epoch = 0;
  double time_limit_s = 0;  // 0: none
  std::int64_t parameters = 0;
  std::string device;  // "cpu", "cuda:0"
  int threads = 1;
};
struct EpochStarted {
  std::int64_t epoch = 0;  // from 0
};
/// Sent after every step; scalars are there at log points only, so that nothing waits for the device in
/// between.
struct StepDone {
  std::int64_t step = 0;                         // steps done so far
  std::int64_t epoch = 0;                        // the epoch it belongs to, from 0
  const std::vector<Scalar>* scalars = nullptr;  // null between log points
};
/// The gradients of a step are complete: unscaled and clipped, not yet applied. Only observers hear of it;
/// they find the gradients at the parameters of the model. Nothing waits for the device here, so whoever
/// reads a number does so where `will_log` is set.
struct GradientsReady {
  std::int64_t step = 0;  // the one being made: StepDone::step of the event that follows
  bool will_log = false;  // a row is logged after this step
};
/// The run diverged and goes on from a restore point: rows behind it are superseded.
struct RolledBack {
  std::int64_t step = 0;  // back to this one
  std::string why;        // "train/loss is nan at step 131, which is passed over"
};
struct Evaluated {
  std::int64_t step = 0;
  std::int64_t epoch = 0;       // epochs done so far, rounded down
  std::string split;            // "valid" or "test"
  std::vector<Scalar> scalars;  // names with the split
};
struct CheckpointSaved {
  std::int64_t step = 0;
  std::string file;
  bool is_best = false;
};
struct EpochDone {
  std::int64_t epoch = 0;
  std::int64_t step = 0;
  std::string weights = {};  // their SHA-256, so that runs can be compared where no checkpoint is kept
};
/// Numbers that differ between equal runs, as the load of the machine: kept, never compared.
struct Measured {
  std::int64_t step = 0;
  std::vector<Scalar> scalars;
};
struct RunDone {
  std::int64_t step = 0;
  std::string why;  // "20 epochs", "2 h", or an observer's reason
};
struct RunFailed {
  std::int64_t step = 0;
  std::string message;
};

using Event = std::variant<RunStarted, EpochStarted, StepDone, Evaluated, CheckpointSaved, EpochDone, RunDone,
                           RunFailed, Measured, GradientsReady, RolledBack>;

/// What an observer may ask of the engine; the engine decides.
struct Request {
  enum class Kind { none, evaluate, save, stop, rollback };
  Kind kind = Kind::none;
  std::string why = {};
  std::int64_t step = 0;  // rollback: to this checkpoint
};

/// Watches without a say: progress on a terminal.
class Listener {
 public:
  virtual ~Listener();
  virtual void on(const Event& event) = 0;
};

}  // namespace assay
