#include "runner/engine/captured_passes.h"

#include <ATen/accelerator/Graph.h>
#include <c10/core/Event.h>
#include <c10/core/StreamGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include "core/text.h"
#include "runner/engine/faults.h"

namespace assay::engine {
namespace {

/// Passes before one is recorded: libraries choose their kernels and allocate what they keep.
constexpr int n_warm_up = 3;

class CudaGraph final : public DeviceGraph {
 public:
  explicit CudaGraph(at::Device device) : device_(device) {}

  // What is recorded must not run on the default stream, and has to wait for what does.
  void record(const std::function<void()>& work) override {
    const c10::impl::VirtualGuardImpl streams(device_.type());
    const c10::Stream main = streams.getStream(device_);
    const c10::Stream aside = streams.getStreamFromGlobalPool(device_);
    wait_for(main, aside);
    {
      const c10::StreamGuard guard(aside);
      graph_.capture_begin();
      try {
        work();
      } catch (...) {
        graph_.capture_end();
        throw;
      }
      graph_.capture_end();
    }
    wait_for(aside, main);
  }

  void replay() override { graph_.replay(); }

 private:
  void wait_for(const c10::Stream& first, const c10::Stream& then) const {
    c10::Event done(device_.type());
    done.record(first);
    done.block(then);
  }

  at::Device device_;
  at::accelerator::Graph graph_;
};

/// And how many rows it has.
std::vector<const void*> places_of(const Batch& batch) {
  std::vector<const void*> out;
  for (const auto& [name, tensor] : batch.inputs.all()) out.push_back(tensor.const_data_ptr());
  out.push_back(batch.target.defined() ? batch.target.const_data_ptr() : nullptr);
  out.push_back(reinterpret_cast<const void*>(batch.size()));
  return out;
}

}  // namespace

DeviceGraph::~DeviceGraph() = default;

std::unique_ptr<DeviceGraph> make_cuda_graph(at::Device device) {
  return std::make_unique<CudaGraph>(device);
}

std::string reason_against_capture(const Experiment& experiment, const Prepared& prepared, at::Device device,
                                   bool needs_closure) {
  if (!device.is_cuda()) return "the run is on the CPU";
  if (prepared.tensors.empty()) return text("nothing is known of model ", experiment.model.name());
  if (prepared.is_random) return text("model ", experiment.model.name(), " draws at random in every step");
  if (needs_closure)
    return text("optimizer ", experiment.optimizer.name(), " asks for several passes a step");
  return {};
}

CapturedPasses::CapturedPasses(std::unique_ptr<DeviceGraph> graph, std::vector<at::Tensor> parameters,
                               std::function<void(const std::string&)> give_up)
    : graph_(std::move(graph)), parameters_(std::move(parameters)), give_up_(std::move(give_up)) {}

Passed CapturedPasses::run(const Batch& batch, const std::function<Passed()>& passes) {
  if (graph_ == nullptr) return passes();
  if (n_eager_ < n_warm_up) {
    ++n_eager_;
    return passes();
  }
  if (places_.empty()) record(batch, passes);
  if (graph_ == nullptr || !lies_as_recorded(batch)) return passes();
  for (std::size_t i = 0; i < parameters_.size(); ++i) parameters_[i].mutable_grad() = gradients_[i];
  graph_->replay();
  return passed_;
}

bool CapturedPasses::lies_as_recorded(const Batch& batch) const { return places_of(batch) == places_; }

void CapturedPasses::record(const Batch& batch, const std::function<Passed()>& passes) {
  try {
    graph_->record([&] { passed_ = passes(); });
  } catch (const std::exception& problem) {
    graph_.reset();
    for (at::Tensor& parameter : parameters_) parameter.mutable_grad().reset();
    give_up_(text("LibTorch could not record it: ", first_line(problem.what())));
    return;
  }
  places_ = places_of(batch);
  for (const at::Tensor& parameter : parameters_) gradients_.push_back(parameter.grad());
}

}  // namespace assay::engine
