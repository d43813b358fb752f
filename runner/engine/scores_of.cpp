#include "runner/engine/scores_of.h"

#include <numeric>

#include <c10/core/GradMode.h>

#include "registry/contracts/tensor/arrays.h"
#include "registry/contracts/tensor/batch.h"
#include "runner/engine/machine.h"
#include "runner/engine/parts.h"

namespace assay::engine {

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
    Batch batch;
    for (const auto& [name, values] : job.inputs) batch.inputs.set(name, tensor_over(values).to(device));
    batch.ids.resize(static_cast<std::size_t>(job.inputs.front().second.shape().front()));
    std::iota(batch.ids.begin(), batch.ids.end(), 0);
    Context context;
    context.ids = &batch.ids;
    activity.batch = &batch;
    activity.set("forward of", &job.experiment.model);
    return array_of(model->forward(batch, context).scores().to(at::kFloat));
  } catch (...) {
    throw as_error(std::current_exception(), activity);
  }
}

}  // namespace assay::engine
