// An experiment's data, ready to train on: read, split, transformed, and checked against the model. Made by
// runner/prepare without LibTorch; what the engine starts from.
#pragma once

#include <memory>
#include <vector>

#include "registry/contracts/dataset.h"
#include "registry/contracts/shape.h"
#include "registry/contracts/transform.h"

namespace assay {

struct Prepared {
  std::unique_ptr<Dataset> dataset;
  SplitRows rows;
  ModelFacts facts;                                    // task and input shapes after the transforms
  std::vector<std::unique_ptr<Transform>> transforms;  // fitted, applied to every input in this order
  std::vector<std::unique_ptr<Transform>> targets;     // fitted, on the target
  std::vector<Array> inputs;           // [rows, ...] per facts.inputs, transformed, all splits
  Array target;                        // [rows] i64 or [rows, targets] f32, transformed
  std::vector<TensorOutline> tensors;  // the model's, by its shape function
  std::vector<LayerRow> layers;

  /// Target values [n, targets] f32 as the data has them: undoes `targets`, last first.
  Array invert_targets(const ArrayView& values) const;
};

/// Steps in one epoch for a batch size.
std::int64_t steps_per_epoch(const Prepared& prepared, std::int64_t batch_size, bool drop_last);

}  // namespace assay
