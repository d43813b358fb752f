// Inputs and what a model of another framework gave for them: the proof that a conversion changed nothing. A
// file of tensors: `output`, and the inputs by their names in the model, or `input` where there is one.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/array.h"
#include "registry/contracts/shape.h"
#include "registry/contracts/weights.h"

namespace assay::convert {

struct Probe {
  std::vector<std::pair<std::string, Array>> inputs;  // [rows, ...] f32 or i64
  Array output;                                       // [rows, ...] f32 or f64
};

/// Reads it all. Throws Kind::data: no output, no input, or not as many rows in each.
Probe read_probe(const WeightFile& file);

/// What a model would be told that has these inputs and outputs.
ModelFacts facts_of(const Probe& probe, Task::Kind kind);

struct Difference {
  double largest = 0;    // absolute; infinite where one is no number and the other is
  double magnitude = 0;  // of the largest reference value
};
/// Throws Kind::data if the shapes differ.
Difference difference(const ArrayView& ours, const ArrayView& reference);

}  // namespace assay::convert
