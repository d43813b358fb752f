// Where a step breaks: looks at the result of every operation while it lives, forward and backward, and keeps
// the first that holds nan or an infinity. Masks, which are made of -inf, are passed over, and so is -inf
// that an operation was given.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "core/json.h"
#include "registry/contracts/tensor/batch.h"
#include "registry/contracts/tensor/module.h"
#include "runner/engine/faults.h"

namespace assay::engine {

class OperationTrace {
 public:
  /// Both outlive it. One at a time in a process.
  OperationTrace(Module& model, const Activity& activity);
  ~OperationTrace();
  OperationTrace(const OperationTrace&) = delete;
  OperationTrace& operator=(const OperationTrace&) = delete;

  /// What was found: {"where": "input x" or "weight layers.0.weight"} if it was there before the step, else
  /// {"where": "aten::log", "during": "step 12, forward of model/mlp", "parameter": "layers.1.weight"}, the
  /// last parameter that an operation worked on until then. Null if all numbers are finite.
  Json found(const Batch& batch) const;

  /// For LibTorch's callbacks.
  void note_inputs(const std::vector<at::Tensor>& inputs);
  void look(const std::string& operation, const std::vector<at::Tensor>& outputs, bool was_given_minus_inf);

 private:
  Module& model_;
  const Activity& activity_;
  std::map<const void*, std::string> names_;  // of parameters, by their memory
  std::string broken_weight_;                 // before anything was computed
  std::string parameter_;                     // the last one that was worked on
  Json found_;
  std::uint64_t handle_ = 0;
};

}  // namespace assay::engine
