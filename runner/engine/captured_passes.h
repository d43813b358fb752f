// The forward and backward pass of a step, recorded once on the device and replayed (`train.capture`). A
// small model on a GPU waits for its operations to be launched one by one; replayed, they are launched as
// one.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "registry/contracts/experiment.h"
#include "registry/contracts/prepared.h"
#include "registry/contracts/tensor/batch.h"
#include "registry/contracts/tensor/loss.h"

namespace assay::engine {

/// Operations that a device remembers, with the memory that they work on.
class DeviceGraph {
 public:
  virtual ~DeviceGraph();
  /// Records what `work` asks of the device, which does none of it yet. Throws what LibTorch throws.
  virtual void record(const std::function<void()>& work) = 0;
  virtual void replay() = 0;
};

/// A CUDA graph. Only on a CUDA device.
std::unique_ptr<DeviceGraph> make_cuda_graph(at::Device device);

/// What the passes of one batch leave behind, besides gradients.
struct Passed {
  LossValue loss;
  Outputs outputs;
  at::Tensor penalty;  // 0-d; undefined without penalties
};

/// Why the experiment's steps cannot be recorded on this device, as "the run is on the CPU"; empty if they
/// may be. What `check` refuses is not looked at again.
std::string reason_against_capture(const Experiment& experiment, const Prepared& prepared, at::Device device,
                                   bool needs_closure);

class CapturedPasses {
 public:
  /// parameters: all that may have gradients. give_up: told once, if it turns out that the passes cannot be
  /// recorded, why.
  CapturedPasses(std::unique_ptr<DeviceGraph> graph, std::vector<at::Tensor> parameters,
                 std::function<void(const std::string&)> give_up);

  /// The same as passes(), which goes forward and backward over `batch` from no gradients. The first few
  /// times, for batches that lie elsewhere than the recorded one, and once it has given up, it is just that.
  Passed run(const Batch& batch, const std::function<Passed()>& passes);

 private:
  bool lies_as_recorded(const Batch& batch) const;
  void record(const Batch& batch, const std::function<Passed()>& passes);

  std::unique_ptr<DeviceGraph> graph_;  // null: given up
  std::vector<at::Tensor> parameters_;
  std::function<void(const std::string&)> give_up_;
  int n_eager_ = 0;
  std::vector<const void*> places_;    // of the recorded batch's tensors; empty: nothing is recorded yet
  std::vector<at::Tensor> gradients_;  // as parameters_, in the graph's memory; undefined for what has none
  Passed passed_;
};

}  // namespace assay::engine
