#include "registry/contracts/tensor/batch.h"

#include "core/error.h"
#include "core/text.h"

namespace assay {

void NamedTensors::set(std::string_view name, at::Tensor tensor) {
  for (auto& [known, value] : tensors_) {
    if (known == name) {
      value = std::move(tensor);
      return;
    }
  }
  tensors_.emplace_back(name, std::move(tensor));
}

const at::Tensor* NamedTensors::find(std::string_view name) const {
  for (const auto& [known, value] : tensors_) {
    if (known == name) return &value;
  }
  return nullptr;
}

const at::Tensor& NamedTensors::get(std::string_view name) const {
  if (const at::Tensor* tensor = find(name)) return *tensor;
  std::vector<std::string> names;
  for (const auto& [known, value] : tensors_) names.push_back(known);
  throw Error(Kind::internal, text("there is no tensor '", name, "', only: ", join(names, ", ")));
}

}  // namespace assay
