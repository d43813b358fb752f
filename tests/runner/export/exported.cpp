#include "tests/runner/export/exported.h"

#include <cstdlib>

#include <ATen/ops/arange.h>
#include <c10/core/GradMode.h>

#include "core/text.h"
#include "registry/contracts/tensor/arrays.h"
#include "registry/contracts/tensor/model.h"
#include "tests/contracts/layer_samples.h"
#include "tests/contracts/tensor_component.h"
#include "tests/plugins/models/presets.h"
#include "tests/support/process.h"

namespace assay::testing {
namespace {

constexpr std::int64_t rows = 3;

at::Tensor input_of(const Shape& shape) {
  const std::vector<std::int64_t> sizes = with_batch(rows, shape.sizes);
  if (shape.dtype != Dtype::i64) return spread(sizes);
  return at::arange(element_count(sizes), at::kLong).remainder(7).reshape(sizes);
}

Batch batch_of(const ModelFacts& facts, const std::vector<at::Tensor>& inputs) {
  Batch batch;
  for (std::size_t i = 0; i < inputs.size(); ++i) batch.inputs.set(facts.inputs[i].name, inputs[i]);
  batch.ids = ids_from(0, rows);
  return batch;
}

/// Away from where weights begin: biases at 0, running means at 0 and 1.
void move_weights(Model& model, const Batch& batch) {
  const c10::NoGradGuard no_grad;
  Context training = training_context(batch.ids);
  model.forward(batch, training);
  for (const auto& [name, tensor] : model.parameters()) tensor->add_(spread(tensor->sizes().vec()).mul(0.1));
}

}  // namespace

ExportCase case_of_layer(const std::string& name, const std::string& config, std::vector<Shape> inputs) {
  ExportCase one{name, {{Task::Kind::classification, 3, {}}, {}}, {}};
  std::string from;
  for (Shape& shape : inputs) {
    one.facts.inputs.push_back({text("input", one.facts.inputs.size()), std::move(shape)});
    from += text(from.empty() ? "" : ", ", '"', one.facts.inputs.back().name, '"');
  }
  const std::string more = config == "{}" ? "" : ", " + config.substr(1, config.size() - 2);
  const std::string layer = text(R"({"type": ")", name, '"', more, '}');
  const std::string graph =
      text(R"({"nodes": [{"name": "it", "layer": )", layer, R"(, "from": [)", from,
           R"(]}, {"name": "flat", "layer": "flatten"}, {"name": "head", "layer": "linear"}]})");
  one.model = [graph] { return bind_filled<Model>(tensor_component("model", "graph"), graph); };
  return one;
}

std::vector<ExportCase> cases_of_layers() {
  std::vector<ExportCase> cases;
  for (const ComponentInfo* layer : tensor_registry().list("layer")) {
    const LayerSample sample = layer_sample(layer->name);
    std::vector<Shape> inputs{sample.input};
    inputs.insert(inputs.end(), sample.more_inputs.begin(), sample.more_inputs.end());
    cases.push_back(case_of_layer(layer->name, sample.config, std::move(inputs)));
  }
  return cases;
}

std::vector<ExportCase> cases_of_presets() {
  std::vector<ExportCase> cases;
  for (const Reference& one : small_presets())
    cases.push_back({one.preset, facts_for(one), [&one] { return preset(one.preset, one.overrides); }});
  const auto add = [&](const std::string& name, const std::string& config, std::vector<std::int64_t> input) {
    cases.push_back({name, facts_of(std::move(input)),
                     [=] { return bind_filled<Model>(tensor_component("model", name), config); }});
  };
  add("mlp", R"({"hidden": [5, 4]})", {2, 3});
  add("lenet", R"({"channels": [2, 3], "kernel": 4, "hidden": [4]})", {9, 8});
  return cases;
}

ExampleModel example_of(const Slot<Model>& slot, const ModelFacts& facts) {
  Outline outline(facts);
  outline_model(slot, facts, outline);
  const auto model = tensor_parts().build(slot, ModelNeeds{facts, tensor_parts(), {1, {}}});
  model->name_tree();
  ExampleModel made{outline.tensors(), {}, {}, {}};
  for (const NamedShape& input : facts.inputs) made.inputs.push_back(input_of(input.shape));
  const Batch batch = batch_of(facts, made.inputs);
  move_weights(*model, batch);
  Context evaluation;
  evaluation.ids = &batch.ids;
  const c10::NoGradGuard no_grad;
  made.output = model->forward(batch, evaluation).scores().contiguous();
  for (const auto& [name, tensor] : tensors_of(*model))
    made.tensors.push_back(tensor_of(name, array_of(*tensor)));
  return made;
}

std::string python_with(const std::vector<std::string>& modules) {
  const char* chosen = std::getenv("ASSAY_PYTHON");
  const Finished found = run_process({"/usr/bin/env", chosen == nullptr ? "python3" : chosen, "-c",
                                      text("import sys, ", join(modules, ", "), "; print(sys.executable)")});
  return found.exit_code == 0 ? std::string(trim(found.out)) : std::string();
}

}  // namespace assay::testing
