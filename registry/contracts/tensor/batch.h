// What goes through a model: a batch of named tensors, the context of the pass, named outputs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>

namespace assay {

/// Tensors by name, in a fixed order. Few of them: a linear search is the fastest map.
class NamedTensors {
 public:
  void set(std::string_view name, at::Tensor tensor);
  const at::Tensor* find(std::string_view name) const;
  /// Throws Kind::internal, listing what there is, if the name is not there.
  const at::Tensor& get(std::string_view name) const;
  const std::vector<std::pair<std::string, at::Tensor>>& all() const { return tensors_; }

 private:
  std::vector<std::pair<std::string, at::Tensor>> tensors_;
};

/// Its tensors are overwritten by the next batch: whoever keeps one longer copies it.
struct Batch {
  NamedTensors inputs;            // [batch, ...] by column name
  at::Tensor target;              // [batch] i64 or [batch, targets] f32; undefined for prediction
  std::vector<std::int64_t> ids;  // global sample id of each row: keys the random streams

  std::int64_t size() const { return static_cast<std::int64_t>(ids.size()); }
};

/// What a forward pass may depend on, besides its inputs. Random layers draw from streams keyed by seed, the
/// module's path, `repetition`, `draw` and the sample ids (registry/contracts/tensor/random_ops.h).
struct Context {
  bool is_training = false;
  bool draws_in_evaluation = false;  // Monte-Carlo dropout: random layers act in evaluation mode too
  std::uint64_t seed = 0;
  std::uint32_t draw = 0;        // the epoch in training; the pass in Monte-Carlo prediction
  std::uint32_t repetition = 0;  // within a pass: how often layers that share their weights ran before
  std::int64_t step = 0;
  const std::vector<std::int64_t>* ids = nullptr;

  bool is_random() const { return is_training || draws_in_evaluation; }
};

/// Named tensors; `scores` is what losses and metrics look at unless they say otherwise.
struct Outputs {
  Outputs() = default;
  Outputs(at::Tensor scores) { tensors.set("scores", std::move(scores)); }
  const at::Tensor& scores() const { return tensors.get("scores"); }
  NamedTensors tensors;
};

}  // namespace assay
