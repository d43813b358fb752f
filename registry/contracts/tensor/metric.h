// What a run is judged by. A metric accumulates over batches on the device, without waiting for it, and gives
// its values at the end of an interval or a split.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "core/array.h"
#include "registry/contracts/events.h"
#include "registry/contracts/families.h"
#include "registry/contracts/state.h"
#include "registry/contracts/tensor/batch.h"

namespace assay {

/// An array that is recorded beside the numbers: a confusion matrix.
struct NamedArray {
  std::string name;  // without the split: "confusion_matrix"
  Array values;
};

/// Metrics whose parameters declare `static constexpr bool needs_passes = true` are given, on valid and test,
/// the output "passes" beside `scores`: [passes, batch, ...], the scores of `predict.passes` forward passes,
/// each with random draws of its own where `predict.dropout` is set. `scores` themselves are drawn without.
class Metric {
 public:
  using Contract = Metric;
  struct Needs {
    Task task;
    at::Device device{at::kCPU};
    /// Target values as the data has them (undoes `dataset.targets`): [n, targets] f32 in and out.
    std::function<at::Tensor(const at::Tensor&)> invert_targets = {};
    /// Loss::predictions of the run's loss; empty: scores are predictions.
    std::function<at::Tensor(const at::Tensor&)> predictions = {};
    /// Rows of the first input as the data set reads them, before any transform, by their sample ids:
    /// [n, ...]. Empty where they cannot be had.
    std::function<Array(const std::vector<std::int64_t>&)> read_rows = {};
  };
  virtual ~Metric();
  virtual void reset() = 0;
  virtual void update(const Outputs& outputs, const Batch& batch) = 0;
  /// Waits for the device. Names without the split: "accuracy". Empty if nothing was seen.
  virtual std::vector<Scalar> values() const = 0;
  /// What is no number, for evaluations of a whole split. Waits for the device. None unless a metric says
  /// otherwise; empty if nothing was seen.
  virtual std::vector<NamedArray> arrays() const;
  virtual void save(StateWriter& out) const = 0;
  virtual void load(const StateReader& in) = 0;
  /// Adds what another one of the same parameters has seen and saved, as if its batches had come after the
  /// own ones: several processes that share the rows of a run have a metric each.
  virtual void merge(const StateReader& other) = 0;
};

}  // namespace assay
