#include "runner/engine/scores_of.h"

#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <ATen/TensorOperators.h>
#include <c10/core/GradMode.h>

#include "core/error.h"
#include "core/text.h"
#include "registry/contracts/tensor/arrays.h"
#include "registry/contracts/tensor/batch.h"
#include "runner/engine/machine.h"
#include "runner/engine/parts.h"

namespace assay::engine {
namespace {

using NamedArrays = std::vector<std::pair<std::string, Array>>;

/// In evaluation, without gradients.
at::Tensor scores_on(const NamedArrays& inputs, Model& model, at::Device device) {
  const c10::NoGradGuard no_grad;
  Batch batch;
  for (const auto& [name, values] : inputs) batch.inputs.set(name, tensor_over(values).to(device));
  batch.ids.resize(static_cast<std::size_t>(inputs.front().second.shape().front()));
  std::iota(batch.ids.begin(), batch.ids.end(), 0);
  Context context;
  context.ids = &batch.ids;
  return model.forward(batch, context).scores().to(at::kCPU);
}

}  // namespace

Array scores_of(const ScoresJob& job) {
  Activity activity;
  try {
    const c10::NoGradGuard no_grad;
    const at::Device device = find_device(job.experiment.device);
    configure(job.experiment, device);
    const std::unique_ptr<Model> model =
        build_model(job.experiment, job.prepared, job.parts, device, activity);
    activity.set("reading the weights of", &job.experiment.model);
    load_weights(job.weights, *model);
    activity.set("forward of", &job.experiment.model);
    return array_of(scores_on(job.inputs, *model, device).to(at::kFloat));
  } catch (...) {
    throw as_error(std::current_exception(), activity);
  }
}

void note_probe(const FirstWeights::Probe& probe, Model& model, at::Device device, Recorder& recorder) {
  const at::Tensor ours = scores_on(probe.inputs, model, device).to(at::kDouble);
  const at::Tensor theirs = tensor_over(probe.output).to(at::kDouble);
  if (ours.sizes() != theirs.sizes()) {
    throw Error(Kind::data, Problem{Where::path(probe.path),
                                    {},
                                    text("has an output ", shape_text(probe.output.shape()),
                                         ", the model gives ", shape_text(ours.sizes().vec())),
                                    "make the probe with a model that ends as this one"});
  }
  recorder.note("init_from_probe",
                Json(Json::Map{{"file", probe.path},
                               {"rows", probe.output.shape().front()},
                               {"largest_difference", (ours - theirs).abs().max().item<double>()},
                               {"largest_value", theirs.abs().max().item<double>()}}));
}

}  // namespace assay::engine
