#include "tests/runner/export/run_script.h"

#include <c10/core/GradMode.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/serialization/import.h>

namespace assay::testing {

Script run_script(const std::string& path, const std::vector<at::Tensor>& inputs) {
  const c10::NoGradGuard no_grad;
  torch::jit::ExtraFilesMap extra{{"assay.json", ""}};
  torch::jit::Module module = torch::jit::load(path, c10::nullopt, extra);
  module.eval();
  Script script;
  script.output = module.forward({inputs.begin(), inputs.end()}).toTensor();
  for (const auto& parameter : module.named_parameters()) script.parameters.push_back(parameter.name);
  for (const auto& buffer : module.named_buffers()) script.buffers.push_back(buffer.name);
  script.notes = extra["assay.json"];
  return script;
}

}  // namespace assay::testing
