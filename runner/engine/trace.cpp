#include "runner/engine/trace.h"

#include <algorithm>
#include <atomic>
#include <initializer_list>
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

constexpr double infinity = std::numeric_limits<double>::infinity();

bool has(const at::Tensor& tensor, double infinite) { return at::eq(tensor, infinite).any().item<bool>(); }

bool has_numbers(const at::Tensor& tensor) {
  return tensor.defined() && tensor.is_floating_point() && tensor.numel() > 0;
}

bool has_minus_inf(const std::vector<at::Tensor>& tensors) {
  return std::ranges::any_of(tensors, [](const at::Tensor& tensor) {
    return has_numbers(tensor) && has(tensor.detach(), -infinity);
  });
}

bool is_broken(const at::Tensor& tensor, bool may_have_minus_inf) {
  if (!has_numbers(tensor)) return false;
  const at::Tensor values = tensor.detach();
  return at::isnan(values).any().item<bool>() || has(values, infinity) ||
         (!may_have_minus_inf && has(values, -infinity));
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

bool contains_any(const std::string& name, std::initializer_list<const char*> parts) {
  return std::ranges::any_of(parts, [&](const char* part) { return name.find(part) != std::string::npos; });
}

// What it gives has not been written yet.
bool gives_raw_memory(const std::string& operation) { return contains_any(operation, {"empty", "resize"}); }

bool makes_masks(const std::string& operation) {
  return contains_any(operation, {"fill", "full", "where", "scalar_tensor"});
}

// Inputs are there when an operation begins, outputs when it ends.
struct Seen : at::ObserverContext {
  bool has_minus_inf = false;
};

std::unique_ptr<at::ObserverContext> before_operation(const at::RecordFunction& function) {
  OperationTrace* trace = current.load();
  if (trace == nullptr) return nullptr;
  const at::RecordFunctionGuard off(/*is_enabled=*/false);  // looking is done by operations as well
  const c10::NoGradGuard no_grad;
  const std::vector<at::Tensor> inputs = tensors_in(function.inputs());
  trace->note_inputs(inputs);
  auto seen = std::make_unique<Seen>();
  seen->has_minus_inf = has_minus_inf(inputs);
  return seen;
}

void after_operation(const at::RecordFunction& function, at::ObserverContext* context) {
  OperationTrace* trace = current.load();
  if (trace == nullptr) return;
  const at::RecordFunctionGuard off(/*is_enabled=*/false);
  const c10::NoGradGuard no_grad;
  const auto* seen = static_cast<const Seen*>(context);
  trace->look(function.name(), tensors_in(function.outputs()), seen != nullptr && seen->has_minus_inf);
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

void OperationTrace::look(const std::string& operation, const std::vector<at::Tensor>& outputs,
                          bool was_given_minus_inf) {
  if (!found_.is_null() || gives_raw_memory(operation)) return;
  const bool may_have_minus_inf = was_given_minus_inf || makes_masks(operation);
  for (const at::Tensor& output : outputs) {
    if (!is_broken(output, may_have_minus_inf)) continue;
    found_ = Json::map();
    found_.set("where", operation);
    found_.set("during", to_string(activity_));
    if (!parameter_.empty()) found_.set("parameter", parameter_);
    return;
  }
}

Json OperationTrace::found(const Batch& batch) const {
  for (const auto& [name, tensor] : batch.inputs.all()) {
    if (is_broken(tensor, /*may_have_minus_inf=*/false)) return Json(Json::Map{{"where", "input " + name}});
  }
  if (!broken_weight_.empty()) return Json(Json::Map{{"where", "weight " + broken_weight_}});
  return found_;
}

}  // namespace assay::engine
