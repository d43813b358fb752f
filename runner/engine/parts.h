// The components of a run, built: from the slots of an experiment to objects on a device.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include <ATen/core/Tensor.h>

#include "registry/contracts/engine.h"
#include "registry/contracts/schedule.h"
#include "registry/contracts/tensor/loss.h"
#include "registry/contracts/tensor/metric.h"
#include "registry/contracts/tensor/model.h"
#include "registry/contracts/tensor/observer.h"
#include "registry/contracts/tensor/optimizer.h"
#include "runner/engine/faults.h"
#include "runner/engine/pace.h"

namespace assay::engine {

struct Parts {
  std::unique_ptr<Model> model;
  std::unique_ptr<Loss> loss;
  std::unique_ptr<Optimizer> optimizer;
  std::unique_ptr<Schedule> schedule;
  std::vector<std::unique_ptr<Observer>> observers;  // as in the config
  std::vector<at::Tensor> parameters;                // trained: their gradients are read and cleared
  std::int64_t parameter_count = 0;                  // numbers in them
};

/// The model with its first weights, on its device. Throws Kind::internal if its tensors are not those of its
/// shape function.
std::unique_ptr<Model> build_model(const Experiment& experiment, const Prepared& prepared,
                                   const Implementations& parts, at::Device device, Activity& activity);

/// Tensors of a file, named and shaped as those of the model, which they are copied into and whose types they
/// take.
void load_weights(const std::vector<NamedTensor>& weights, Module& model);

/// Builds everything but the observers. Throws Kind::internal if the model's tensors are not those of its
/// shape function, and what the components throw.
Parts build_parts(const TrainJob& job, at::Device device, const Pace& pace, std::int64_t total_steps,
                  Activity& activity);

/// The observers of an experiment, as in the config. is_better_high: Observer::Needs.
std::vector<std::unique_ptr<Observer>> build_observers(
    const TrainJob& job, Model& model, const Optimizer& optimizer,
    const std::function<bool(std::string_view)>& is_better_high, Activity& activity);

/// Names and shapes of all that it holds, as its shape function would say them.
std::vector<TensorOutline> outline_of(Module& model);

/// What every metric of the run is given; the loss outlives them.
Metric::Needs metric_needs(const Prepared& prepared, const Loss& loss, at::Device device);

}  // namespace assay::engine
