// An experiment's data, ready to train on: read, split, transformed, and checked against the model. Made by
// runner/prepare without LibTorch; what the engine starts from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "registry/contracts/dataset.h"
#include "registry/contracts/parameter_groups.h"
#include "registry/contracts/shape.h"
#include "registry/contracts/transform.h"
#include "registry/contracts/weights.h"

namespace assay {

/// A group of the optimizer, with what of the model is in it.
struct PreparedGroup {
  GroupOutline outline;
  std::vector<std::string> parameters;  // dotted names that it takes
  std::vector<std::string> left_out;    // names that its globs match, but that an earlier group takes
  std::int64_t weights = 0;             // numbers in `parameters`
};

/// What training will hold in memory, in bytes. An estimate; docs/design/prepare.md says what it takes for
/// granted.
struct MemoryEstimate {
  bool is_known = false;        // false: the model declares no shapes, or the optimizer no state
  bool is_on_host = true;       // false: what is trained lies on a CUDA device, whose memory is not known
  std::int64_t program = 0;     // the libraries and what they set up
  std::int64_t data = 0;        // all rows, as read and as prepared
  std::int64_t parameters = 0;  // with buffers, and the best weights if they are kept
  std::int64_t gradients = 0;
  std::int64_t optimizer_state = 0;
  std::int64_t activations = 0;  // of one batch, training or evaluating, whichever is more
  std::int64_t checkpoint = 0;   // its image, while it is written

  std::int64_t total() const;
};

/// What a model starts with, of `init_from`.
struct FirstWeights {
  DataFile file;                     // that was read
  std::vector<NamedTensor> tensors;  // named and shaped as the model's
  /// A line for each tensor of the model and each of the file that no other line has.
  struct Line {
    std::string name;   // in the model; empty: not there
    std::string from;   // in the file, with what is done to it; empty: not there
    std::string shape;  // in the model, or of what is only in the file
    std::string how;    // "by name", "by `map`", "by structure", "not in the file", "not used"
  };
  std::vector<Line> lines;
  /// What the model gives with these weights, by the count of another program.
  struct Probe {
    std::string path;
    std::vector<std::pair<std::string, Array>> inputs;  // [rows, ...] by their names in the facts
    Array output;                                       // [rows, ...] f32 or f64
  };
  std::optional<Probe> probe = {};
};

struct Prepared {
  std::unique_ptr<Dataset> dataset;
  SplitRows rows;
  std::vector<DataFile> files;                         // all that was read: the data's, then the split's
  ModelFacts facts;                                    // task and input shapes, transformed and augmented
  std::vector<std::unique_ptr<Transform>> transforms;  // fitted, applied to every input in this order
  std::vector<std::unique_ptr<Transform>> targets;     // fitted, on the target
  /// A row of each input as it is read: transformed, not augmented yet. Shapes as in facts.inputs otherwise.
  std::vector<Shape> read_shapes;
  std::vector<Array> inputs;           // [rows, ...] per read_shapes, all splits; empty if they are streamed
  bool is_streamed = false;            // inputs are read while training: read_input
  Array target;                        // [rows] i64 or [rows, targets] f32, transformed
  std::optional<Windows> windows;      // instead of inputs and target, where rows are windows of a series
  std::vector<TensorOutline> tensors;  // the model's, by its shape function
  std::vector<LayerRow> layers;
  std::optional<FirstWeights> first_weights;
  bool is_random = false;             // the model draws while training, as dropout does
  std::vector<PreparedGroup> groups;  // of the optimizer; the last is that of all other parameters
  MemoryEstimate memory;

  /// Copies rows of an input to `out` [row_numbers.size(), ...read_shapes[input]]: out of `inputs`, or read
  /// from the data set and transformed. Several threads may call it at once. Throws what reading throws, and
  /// Kind::data for a value that is no number in what is read.
  void read_input(std::size_t input, std::span<const std::int64_t> row_numbers, std::byte* out) const;

  /// Target values [n, targets] f32 as the data has them: undoes `targets`, last first.
  Array invert_targets(const ArrayView& values) const;
};

/// Steps in one epoch for a batch size.
std::int64_t steps_per_epoch(const Prepared& prepared, std::int64_t batch_size, bool drop_last);

}  // namespace assay
