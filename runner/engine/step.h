// One step of training, from a batch to moved weights. Everything that changes a number in a step happens
// here, in this order:
//
//   thaw what is due -> for each part of the batch: forward, loss, backward -> penalties -> unscale -> clip
//   -> observers look -> schedule -> optimizer -> averages
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "registry/contracts/engine.h"
#include "runner/engine/averages.h"
#include "runner/engine/batch_parts.h"
#include "runner/engine/captured_passes.h"
#include "runner/engine/checkpoint_state.h"
#include "runner/engine/evaluation.h"
#include "runner/engine/faults.h"
#include "runner/engine/freezing.h"
#include "runner/engine/gradients.h"
#include "runner/engine/pace.h"
#include "runner/engine/parts.h"
#include "runner/engine/penalties.h"
#include "runner/engine/precision.h"
#include "runner/engine/ranks.h"
#include "runner/engine/reporter.h"

namespace assay::engine {

/// What a step works on and reports to; everything outlives it.
struct StepParts {
  Parts& parts;
  Reporter& reporter;
  Activity& activity;
  Scores& interval;
  LoopState& loop;
  Ranks* ranks = nullptr;  // null: this process trains alone
};

class TrainingStep {
 public:
  TrainingStep(const TrainJob& job, const StepParts& parts, at::Device device, const Pace& pace,
               std::int64_t total_steps);
  TrainingStep(const TrainingStep&) = delete;  // the optimizer's closure points into it
  TrainingStep& operator=(const TrainingStep&) = delete;

  /// Makes the step behind LoopState::position, which it does not advance. will_log: a row follows. Where a
  /// loss is nan or inf no weight moves, gradients() stay and what it is comes back: "train/loss is nan". On
  /// the CPU it is looked at in every step, elsewhere only with `on_divergence: rollback`, as are gradients.
  /// Of several processes each gives its part of the batch, which may be empty.
  std::string run(const Batch& batch, Context& context, bool will_log);

  /// What the schedule's factor is multiplied by from here on.
  void set_lr_factor(double factor) { lr_factor_ = factor; }
  /// For a run that goes on at another step than the next one.
  void begin_anew();
  /// What is logged besides loss and metrics, of the last step: "train/grad_norm". Waits for the device.
  std::vector<Scalar> values() const;
  /// Of all parameters that have one.
  at::TensorList gradients();
  void clear_gradients();

  /// Null if there are none.
  AveragedWeights* averages() { return averages_ ? &*averages_ : nullptr; }
  GradScaler* scaler() { return scaler_ ? &*scaler_ : nullptr; }

 private:
  void begin_to_capture(const TrainJob& job);
  enum class Evaluation { first, again };  // only the first is logged
  void find_gradients(const Batch& batch, Context& context, Evaluation which);
  void accumulate(const Batch& batch, Context& context);
  void find_gradients_together(const Batch& part, Context& context);
  LossOfStep sum_over(const Batch& part, Context& context, std::int64_t rows);
  void add_penalties(std::int64_t rows);
  LossValue forward(const Batch& part, Context& context, Outputs& outputs);
  /// Forward and backward of a batch that goes through in one part.
  Passed passes(const Batch& batch, Context& context);
  at::Tensor penalty(std::int64_t rows);
  void backward(const at::Tensor& objective);
  bool starts_from_sums(const LossValue& loss) const;
  void backward_from_sum(const at::Tensor& sum, double count);
  void unscale_and_clip();
  void watch(const char* name, const at::Tensor& value);
  std::string what_is_no_number();
  void move_weights(const Batch& batch, Context& context);
  double evaluate_for_optimizer(const Batch& batch, Context& context);

  const Experiment& experiment_;
  const TrainSection& train_;
  StepParts parts_;
  at::Device device_;
  Pace pace_;
  Precision precision_;
  BatchParts batch_parts_;
  bool looks_at_every_number_;  // also where that waits for the device

  Freezing freezing_;
  Penalties penalties_;
  std::optional<CapturedPasses> captured_;
  std::optional<GradScaler> scaler_;
  std::optional<AveragedWeights> averages_;

  StepContext optimizer_context_;
  double lr_factor_ = 1;
  std::vector<at::Tensor> gradients_;
  at::Tensor
      objective_;  // loss and penalties of a batch that went through in one part, if they are asked for
  at::Tensor first_gradient_;  // 0-d: 1 / first_count_
  double first_count_ = 0;
  at::Tensor norm_;     // of the last gradients before clipping; undefined if they are not clipped by it
  std::string broken_;  // what of this evaluation is no number
  bool is_evaluated_ = false;  // closures: the gradients are those of the weights as they are
};

}  // namespace assay::engine
