// What a model is judged by: loss and metrics, added up on the device batch by batch, over an interval of
// training or over a split in evaluation mode.
#pragma once

#include <cstdint>
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
  bool is_empty() const { return is_empty_; }
  /// Waits for the device. NaN if nothing was added.
  double value() const;
  void reset() { *this = {}; }
  void save(StateWriter& out) const;
  void load(const StateReader& in);

 private:
  DeviceSum sum_;
  DeviceSum weight_;
  double count_ = 0;
  bool is_empty_ = true;
};

/// Loss and metrics of one split. Every split has its own.
class Scores {
 public:
  /// slots: the experiment's metrics; they outlive this.
  Scores(std::string split, const std::vector<Slot<Metric>>& slots, const Implementations& parts,
         const Metric::Needs& needs);

  /// Does not wait for the device.
  void add(const LossValue& loss, const Outputs& outputs, const Batch& batch, Activity& activity);
  bool is_empty() const { return loss_.is_empty(); }
  double loss() const { return loss_.value(); }
  /// "valid/loss", then what the metrics give. Waits for the device.
  std::vector<Scalar> values() const;
  void reset();

  /// Whether a larger "valid/accuracy" is better, by the declaration of the metric that gives it: the one
  /// that did, or before there was anything to judge, the one whose name it begins with. False for losses and
  /// for what none gives.
  bool is_better_high(std::string_view metric) const;

  const std::string& split() const { return split_; }
  void save(StateWriter& out) const;
  void load(const StateReader& in);

 private:
  const Slot<Metric>* find_slot(std::string_view name) const;

  std::string split_;
  const std::vector<Slot<Metric>>& slots_;
  LossMean loss_;
  std::vector<std::unique_ptr<Metric>> metrics_;  // as slots_
};

/// What judging needs of a run.
struct Judged {
  Model& model;
  const Slot<Model>& model_slot;
  const Loss& loss;
  const Slot<Loss>& loss_slot;
};

/// Goes through all batches (or the first `at_most`, if it is not 0) in evaluation mode, without gradients,
/// and fills `scores`, which is reset first. Changes nothing else: no weight, no buffer, no random stream.
void evaluate(const Judged& judged, Batches& batches, const Context& context, std::int64_t at_most,
              Scores& scores, Activity& activity);

}  // namespace assay::engine
