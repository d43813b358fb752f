#include "runner/engine/trace.h"

#include <atomic>
#include <limits>

#include <ATen/ops/eq.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/isnan.h>
#include <ATen/record_function.h>
#include <c10/core/GradMode.h>

#include "core/text.h"

namespace assay::engine {
namespace {

// LibTorch's callbacks are plain functions, called on whatever thread computes.
std::atomic<OperationTrace*> current = nullptr;

bool has_nan_or_inf(const at::Tensor& tensor) {
  if (!tensor.defined() || !tensor.is_floating_point() || tensor.numel() == 0) return false;
  const c10::NoGradGuard no_grad;
  const at::Tensor values = tensor.detach();
  return at::isnan(values).any().item<bool>() ||
         at::eq(values, std::numeric_limits<double>::infinity()).any().item<bool>();
}

template <class Values>
std::vector<at::Tensor> tensors_in(const Values& values) {
  std::vector<at::Tensor> out;
  for (const c10::IValue& value : values) {
    if (value.isTensor()) out.push_back(value.toTensor());
    if (value.isTensorList()) {
      for (const at::Tensor& tensor : value.toTensorVector()) out.push_back(tensor);
    }
  }
  return out;
}

// What it gives has not been written yet.
bool gives_raw_memory(const std::string& operation) {
  return operation.find("empty") != std::string::npos || operation.find("resize") != std::string::npos;
}

// Inputs are there when an operation begins, outputs when it ends.
std::unique_ptr<at::ObserverContext> before_operation(const at::RecordFunction& function) {
  if (OperationTrace* trace = current.load()) trace->note_inputs(tensors_in(function.inputs()));
  return nullptr;
}

void after_operation(const at::RecordFunction& function, at::ObserverContext*) {
  OperationTrace* trace = current.load();
  if (trace == nullptr) return;
  const at::RecordFunctionGuard off(/*is_enabled=*/false);  // looking is done by operations as well
  trace->look(function.name(), tensors_in(function.outputs()));
}

const void* memory_of(const at::Tensor& tensor) {
  return tensor.defined() && tensor.has_storage() ? tensor.storage().data() : nullptr;
}

}  // namespace

OperationTrace::OperationTrace(Module& model, const Activity& activity) : model_(model), activity_(activity) {
  for (const auto& [name, tensor] : model_.parameters()) {
    names_[memory_of(*tensor)] = name;
    if (broken_weight_.empty() && !at::isfinite(tensor->detach()).all().item<bool>()) broken_weight_ = name;
  }
  current = this;
  handle_ = at::addGlobalCallback(at::RecordFunctionCallback(before_operation, after_operation)
                                      .needsInputs(true)
                                      .needsOutputs(true)
                                      .scopes({at::RecordScope::FUNCTION}));
}

OperationTrace::~OperationTrace() {
  at::removeCallback(handle_);
  current = nullptr;
}

void OperationTrace::note_inputs(const std::vector<at::Tensor>& inputs) {
  if (!found_.is_null()) return;
  for (const at::Tensor& input : inputs) {
    const auto named = names_.find(memory_of(input));
    if (named != names_.end()) parameter_ = named->second;
  }
}

void OperationTrace::look(const std::string& operation, const std::vector<at::Tensor>& outputs) {
  if (!found_.is_null() || gives_raw_memory(operation)) return;
  for (const at::Tensor& output : outputs) {
    if (!has_nan_or_inf(output)) continue;
    found_ = Json::map();
    found_.set("where", operation);
    found_.set("during", to_string(activity_));
    if (!parameter_.empty()) found_.set("parameter", parameter_);
    return;
  }
}

Json OperationTrace::found(const Batch& batch) const {
  for (const auto& [name, tensor] : batch.inputs.all()) {
    if (has_nan_or_inf(tensor)) return Json(Json::Map{{"where", "input " + name}});
  }
  if (!broken_weight_.empty()) return Json(Json::Map{{"where", "weight " + broken_weight_}});
  return found_;
}

}  // namespace assay::engine
