#include "runner/engine/parts.h"

#include <map>

#include <c10/core/GradMode.h>

#include "core/text.h"
#include "registry/contracts/tensor/arrays.h"
#include "runner/engine/scores_of.h"

namespace assay::engine {
namespace {

std::string describe(const std::vector<std::int64_t>& shape, Dtype dtype, bool is_buffer) {
  return text(is_buffer ? "buffer " : "parameter ", shape_text(shape), ' ', to_string(dtype));
}

// Every tensor of the model by name, in words.
std::map<std::string, std::string> tensors_in(Module& model) {
  std::map<std::string, std::string> out;
  const auto add = [&](const std::vector<Module::Named>& named, bool is_buffer) {
    for (const auto& [name, tensor] : named) {
      out[name] = describe(tensor->sizes().vec(), dtype_of_tensor(*tensor), is_buffer);
    }
  };
  add(model.parameters(), false);
  add(model.buffers(), true);
  return out;
}

// What `check` prints and layers are sized by comes from shape functions: they must tell the truth.
void check_outline(Module& model, const SlotBase& slot, const std::vector<TensorOutline>& outline) {
  if (outline.empty()) return;  // a model without a shape function
  std::map<std::string, std::string> built = tensors_in(model);
  const auto fail = [&](const std::string& name, const std::string& is, const std::string& should) {
    throw Error(Kind::internal,
                text("model ", slot.name(), ": ", name, " is ", is, ", but its shape function says ", should),
                "this is a mistake in the component: correct its `outline`");
  };
  for (const TensorOutline& tensor : outline) {
    const std::string should = describe(tensor.shape, tensor.dtype, tensor.is_buffer);
    const auto found = built.find(tensor.name);
    if (found == built.end()) fail(tensor.name, "not there", should);
    if (found->second != should) fail(tensor.name, found->second, should);
    built.erase(found);
  }
  if (!built.empty()) fail(built.begin()->first, built.begin()->second, "nothing of it");
}

// Of a model without a shape function the names are known only now.
void check_groups(Module& model, const Slot<Optimizer>& slot) {
  const auto* facet = std::any_cast<OptimizerFacet>(&slot.component().facet);
  if (facet == nullptr) return;
  throw_if_any(Kind::config, unmatched_globs(facet->groups(slot.params()), outline_of(model), slot.path()));
}

std::vector<TrainedParameter> trained_parameters(Module& model) {
  std::vector<TrainedParameter> out;
  for (const auto& [name, tensor] : model.parameters()) out.push_back({name, *tensor});
  return out;
}

/// [rows, ...] as the data set reads them.
Array read_rows_of_first_input(const Dataset& dataset, const std::vector<std::int64_t>& rows) {
  const std::size_t column = dataset.index_of(dataset.facts().inputs.front());
  const ColumnInfo& info = dataset.facts().columns[column];
  std::vector<std::int64_t> shape{std::ssize(rows)};
  shape.insert(shape.end(), info.shape.begin(), info.shape.end());
  Array values(info.dtype, std::move(shape));
  dataset.gather(column, rows, values.data());
  return values;
}

/// Where the weights of a convolution lie pixel by pixel, LibTorch lays out what goes through it in the same
/// way. Gradients and optimizers follow the weights; checkpoints keep the order of the shape.
void lay_out(Module& model, const std::string& memory_format) {
  ASSAY_ASSERT(memory_format != "auto");  // measured when the run was created
  if (memory_format != "channels_last") return;
  const c10::NoGradGuard no_grad;
  for (const auto& [name, tensor] : model.parameters()) {
    if (tensor->dim() == 4) tensor->set_data(tensor->contiguous(at::MemoryFormat::ChannelsLast));
  }
}

}  // namespace

std::unique_ptr<Model> build_model(const Experiment& experiment, const Prepared& prepared,
                                   const Implementations& parts, at::Device device, Activity& activity) {
  activity.set("building of", &experiment.model);
  const ModelNeeds needs{prepared.facts, parts, InitContext{static_cast<std::uint64_t>(experiment.seed), {}},
                         device};
  std::unique_ptr<Model> model = parts.build(experiment.model, needs);
  check_outline(*model, experiment.model, prepared.tensors);
  model->name_tree();
  model->to(device);
  lay_out(*model, experiment.train.memory_format);
  return model;
}

void load_weights(const std::vector<NamedTensor>& weights, Module& model) {
  const c10::NoGradGuard no_grad;
  std::map<std::string, at::Tensor*> tensors;
  for (const auto& [name, tensor] : model.parameters()) tensors[name] = tensor;
  for (const auto& [name, tensor] : model.buffers()) tensors[name] = tensor;
  for (const NamedTensor& tensor : weights) tensors.at(tensor.name)->copy_(tensor_over(read(tensor)));
}

Parts build_parts(const TrainJob& job, at::Device device, const Pace& pace, std::int64_t total_steps,
                  Activity& activity) {
  const Experiment& experiment = job.experiment;
  const ModelFacts& facts = job.prepared.facts;
  Parts parts;
  parts.model = build_model(experiment, job.prepared, job.parts, device, activity);

  if (job.prepared.first_weights && job.resume == nullptr) {
    activity.set("reading the weights of", &experiment.init_from);
    load_weights(job.prepared.first_weights->tensors, *parts.model);
    if (const auto& probe = job.prepared.first_weights->probe) {
      activity.set("forward of", &experiment.model);
      note_probe(*probe, *parts.model, device, job.recorder);
    }
  }

  activity.set("building of", &experiment.loss);
  parts.loss = job.parts.build(experiment.loss, Loss::Needs{facts.task, device});

  activity.set("building of", &experiment.optimizer);
  if (job.prepared.tensors.empty()) check_groups(*parts.model, experiment.optimizer);
  const std::vector<TrainedParameter> trained = trained_parameters(*parts.model);
  for (const TrainedParameter& parameter : trained) {
    parts.parameters.push_back(parameter.tensor);
    parts.parameter_count += parameter.tensor.numel();
  }
  parts.optimizer = job.parts.build(experiment.optimizer, Optimizer::Needs{trained});

  activity.set("building of", &experiment.schedule);
  parts.schedule =
      job.parts.build(experiment.schedule, Schedule::Needs{total_steps, pace.steps_per_epoch(),
                                                           pace.batch_size, pace.samples_per_epoch(),
                                                           !job.prepared.rows.valid.empty(), &job.parts});

  return parts;
}

std::vector<std::unique_ptr<Observer>> build_observers(
    const TrainJob& job, Model& model, const Optimizer& optimizer,
    const std::function<bool(std::string_view)>& is_better_high, Activity& activity) {
  std::vector<std::unique_ptr<Observer>> observers;
  for (const Slot<Observer>& slot : job.experiment.observers) {
    activity.set("building of", &slot);
    observers.push_back(
        job.parts.build(slot, Observer::Needs{model, job.recorder, is_better_high, &optimizer}));
  }
  return observers;
}

std::vector<TensorOutline> outline_of(Module& model) {
  std::vector<TensorOutline> tensors;
  const auto add = [&](const std::vector<Module::Named>& named, bool is_buffer) {
    for (const auto& [name, tensor] : named) {
      tensors.push_back({name, tensor->sizes().vec(), dtype_of_tensor(*tensor), is_buffer});
    }
  };
  add(model.parameters(), false);
  add(model.buffers(), true);
  return tensors;
}

Metric::Needs metric_needs(const Prepared& prepared, const Loss& loss, at::Device device) {
  const auto invert = [&prepared](const at::Tensor& values) {
    if (prepared.targets.empty()) return values;
    const at::Tensor here = values.detach().to(at::kCPU, at::kFloat).contiguous();
    return tensor_over(prepared.invert_targets(view_of(here))).to(values.device());
  };
  const auto predict = [&loss](const at::Tensor& scores) { return loss.predictions(scores); };
  Metric::Needs needs{prepared.facts.task, device, invert, predict};
  if (const Dataset* dataset = prepared.dataset.get()) {
    needs.read_rows = [dataset](const std::vector<std::int64_t>& rows) {
      return read_rows_of_first_input(*dataset, rows);
    };
  }
  return needs;
}

}  // namespace assay::engine
