// What a model is judged by: loss and metrics, added up on the device batch by batch, over an interval of
// training or over a split in evaluation mode.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <ATen/core/Tensor.h>

#include "registry/contracts/experiment.h"
#include "registry/contracts/tensor/loss.h"
#include "registry/contracts/tensor/metric.h"
#include "registry/contracts/tensor/model.h"
#include "runner/engine/batches.h"
#include "runner/engine/faults.h"

namespace assay::engine {

/// A sum of 0-d tensors in double precision. Adding does not wait for the device: on the CPU there is nothing
/// to wait for and the sum is a number, elsewhere it is a tensor.
class DeviceSum {
 public:
  void add(const at::Tensor& scalar);
  /// Waits for the device.
  double value() const;
  void set(double value);

 private:
  double number_ = 0;
  at::Tensor tensor_;  // 0-d f64; undefined on the CPU, and before the first add
};

/// Sums over sums: batches of different sizes weigh what they should.
class LossMean {
 public:
  void add(const LossValue& loss);
  void add_nothing() { is_empty_ = false; }
  bool is_empty() const { return is_empty_; }
  /// Waits for the device. NaN if nothing was added.
  double value() const;
  void reset() { *this = {}; }
  void save(StateWriter& out) const;
  void load(const StateReader& in);
  /// Adds what another one saved.
  void merge(const StateReader& other);

 private:
  DeviceSum sum_;
  DeviceSum weight_;
  double count_ = 0;
  bool is_empty_ = true;
};

/// Loss and metrics of one split. Every split has its own.
class Scores {
 public:
  enum class Passes { none, many };
  /// slots: the experiment's metrics; they outlive this. Without passes, those that need them are left out.
  Scores(std::string split, const std::vector<Slot<Metric>>& slots, const Implementations& parts,
         const Metric::Needs& needs, Passes passes);

  /// Does not wait for the device.
  void add(const LossValue& loss, const Outputs& outputs, const Batch& batch, Activity& activity);
  /// Of a step of which this process had no row, though others had: is_empty() is the same in all of them.
  void add_nothing() { loss_.add_nothing(); }
  /// The penalties of a step, 0-d. Does not wait for the device.
  void add_penalty(const at::Tensor& value);
  bool is_empty() const { return loss_.is_empty(); }
  double loss() const { return loss_.value(); }
  /// "train/loss", then what the metrics give, then "train/penalty" and "train/objective" if there were
  /// penalties: their mean over the steps, and what it makes with the loss. Waits for the device.
  std::vector<Scalar> values() const;
  /// What the metrics give besides, as "valid/confusion_matrix". Waits for the device.
  std::vector<NamedArray> arrays() const;
  void reset();

  /// Whether a larger "valid/accuracy" is better, by the declaration of the metric that gives it: the one
  /// that did, or before there was anything to judge, the one whose name it begins with. False for losses and
  /// for what none gives.
  bool is_better_high(std::string_view metric) const;

  const std::string& split() const { return split_; }
  void save(StateWriter& out) const;
  void load(const StateReader& in);
  /// Adds what another one of the same split saved, as if its batches had come after the own ones.
  void merge(const StateReader& other);

 private:
  const Slot<Metric>* find_slot(std::string_view name) const;

  std::string split_;
  const std::vector<Slot<Metric>>& slots_;
  LossMean loss_;
  DeviceSum penalty_;
  std::int64_t n_penalties_ = 0;                  // steps in penalty_
  std::vector<std::unique_ptr<Metric>> metrics_;  // as slots_; null: not of this split
};

/// Whether one of the metrics looks at many passes of a sample.
bool need_passes(const std::vector<Slot<Metric>>& slots);

/// Rows in a batch of an evaluation: evaluate.batch_size, or fewer where every row goes with many passes.
std::int64_t rows_at_once(const Experiment& experiment, const ModelFacts& facts);

/// What judging needs of a run.
struct Judged {
  Model& model;
  const Loss& loss;
  const Experiment& experiment;
  at::Device device;
  /// Called after every batch with how many rows are done; null: nobody waits for it.
  const std::function<void(std::int64_t)>* on_progress = nullptr;
};

/// Goes through all batches (or the first `at_most`, if it is not 0) in evaluation mode, without gradients,
/// and fills `scores`, which is reset first. Changes nothing else: no weight, no buffer, no random stream.
void evaluate(const Judged& judged, Batches& batches, const Context& context, std::int64_t at_most,
              Scores& scores, Activity& activity);

}  // namespace assay::engine
