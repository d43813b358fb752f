// What a trained model is asked for: how good it is on some rows, and what it says of others.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/array.h"
#include "registry/contracts/events.h"
#include "registry/contracts/experiment.h"
#include "registry/contracts/prepared.h"
#include "registry/contracts/state.h"
#include "registry/contracts/weights.h"
#include "registry/implementations.h"

namespace assay {

/// A model, the state of a checkpoint to give it its weights, and rows. Everything outlives the call.
struct InferenceJob {
  const Experiment& experiment;
  const Prepared& prepared;  // made by prepare_for_trained, of the same checkpoint
  const Implementations& parts;
  const State& checkpoint;
  const std::vector<std::int64_t>& rows;  // in this order
  /// Called after every batch with how many rows are done, from the thread that computes; may be empty.
  std::function<void(std::int64_t)> on_progress = {};
};

/// A model, weights of any origin, and inputs that are no data set's. Everything outlives the call.
struct ScoresJob {
  const Experiment& experiment;
  const Prepared& prepared;  // its facts and tensors are enough
  const Implementations& parts;
  const std::vector<NamedTensor>& weights;  // named as the model's; of others the first values
  const std::vector<std::pair<std::string, Array>>& inputs;  // [rows, ...], by their names in the facts
};

/// What the rows score, as an evaluation while training records it: loss first.
struct Evaluation {
  struct NamedValues {
    std::string name;  // "test/confusion_matrix"
    Array values;
  };
  std::vector<Scalar> scalars;
  std::vector<NamedValues> arrays;
  bool are_averaged = false;  // the weights are those of train.ema
};

/// What the model says of each row.
struct Predictions {
  /// Classification: the probability of each class [rows, classes] f64, by Loss::probabilities. Regression:
  /// the values [rows, targets] f64 in the data's own units. Where `predict` asks for passes, their mean.
  Array values;
  /// Classification: the most probable class of each row [rows] i64, of equals the first.
  Array classes;
  /// Standard deviation over the passes (of n, not n - 1), as `values`; without passes no data.
  Array spread;
  bool are_averaged = false;
};

}  // namespace assay
