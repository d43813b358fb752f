#include "registry/contracts/tensor/module.h"

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "core/text.h"
#include "registry/contracts/tensor/arrays.h"

namespace assay {

namespace {

std::string below(const std::string& path, const std::string& name) {
  if (path.empty()) return name;
  return name.empty() ? path : path + "." + name;
}

std::string form_text(Dtype dtype, const std::vector<std::int64_t>& shape) {
  return text(to_string(dtype), ' ', shape_text(shape));
}

/// What does not fit between a module's tensors and a saved state, one problem each.
std::vector<Problem> differences(const std::vector<Module::Named>& wanted, const StateReader& in) {
  std::vector<Problem> problems;
  std::vector<std::string> saved = in.names();
  for (const auto& [name, tensor] : wanted) {
    if (std::erase(saved, name) == 0) {
      problems.push_back({{}, {}, text("the checkpoint has no ", name), {}});
      continue;
    }
    const ArrayView& view = in.array(name);
    const std::string expected = form_text(dtype_of_tensor(*tensor), tensor->sizes().vec());
    const std::string found = form_text(view.dtype, view.shape);
    if (found != expected) {
      problems.push_back(
          {{}, {}, text("the checkpoint's ", name, " is ", found, ", the model's is ", expected), {}});
    }
  }
  for (const std::string& name : saved) {
    problems.push_back({{}, {}, text("the checkpoint's ", name, " is not in the model"), {}});
  }
  if (!problems.empty()) problems.back().hint = "load it with the config that it was trained with";
  return problems;
}

}  // namespace

Module::~Module() = default;

void Module::add_parameter(std::string name, at::Tensor& tensor) {
  parameters_.push_back({std::move(name), &tensor});
}

void Module::add_buffer(std::string name, at::Tensor& tensor) {
  buffers_.push_back({std::move(name), &tensor});
}

void Module::add_child(std::string name, Module& child) { children_.push_back({std::move(name), &child}); }

void Module::collect(const std::string& prefix, bool is_buffer, std::vector<Named>& out) {
  for (const Member& member : is_buffer ? buffers_ : parameters_)
    out.push_back({below(prefix, member.name), member.tensor});
  for (const Child& child : children_) child.module->collect(below(prefix, child.name), is_buffer, out);
}

std::vector<Module::Named> Module::parameters() {
  std::vector<Named> out;
  collect({}, false, out);
  return out;
}

std::vector<Module::Named> Module::buffers() {
  std::vector<Named> out;
  collect({}, true, out);
  return out;
}

void Module::name_tree(const std::string& path) {
  set_paths(path);
  show(parameters());
}

void Module::set_paths(const std::string& path) {
  path_ = path;
  on_named();
  for (const Child& child : children_) child.module->set_paths(below(path, child.name));
}

void Module::show(const std::vector<Named>& parameters) {
  on_tree(parameters);
  for (const Child& child : children_) child.module->show(parameters);
}

void Module::to(at::Device device) {
  for (const auto& [name, tensor] : parameters()) {
    if (tensor->device() != device)
      *tensor = tensor->detach().to(device).requires_grad_(tensor->requires_grad());
  }
  for (const auto& [name, tensor] : buffers()) *tensor = tensor->to(device);
}

void Module::save(StateWriter& out) {
  for (const auto& [name, tensor] : parameters()) save_tensor(out, name, *tensor);
  for (const auto& [name, tensor] : buffers()) save_tensor(out, name, *tensor);
}

void Module::load(const StateReader& in) {
  std::vector<Named> wanted = parameters();
  std::ranges::move(buffers(), std::back_inserter(wanted));
  throw_if_any(Kind::store, differences(wanted, in));
  for (const auto& [name, tensor] : wanted) load_tensor(in, name, *tensor);
}

}  // namespace assay
