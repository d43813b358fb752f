// What the suites of the families that compute stand on: components with every default filled in, a small
// task, and comparisons that look at every bit.
#pragma once

#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/remainder.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/text.h"
#include "registry/contracts/builtin.h"
#include "registry/contracts/shape.h"
#include "registry/contracts/tensor/arrays.h"
#include "registry/contracts/tensor/batch.h"
#include "registry/contracts/tensor/module.h"
#include "tests/contracts/component.h"

namespace assay::testing {

/// Binds a component with `options`, a map without `type`, and its declared defaults, down to slots in slots.
template <class T>
Slot<T> bind_filled(const Component& component, const Json& options) {
  Value value = to_value(component.with_sample(options), Where::argument(1, "test"));
  value.set("type", Value::scalar(component.info->name, false, value.where()));
  fill_defaults(value, *component.info->schema, *component.registry, component.info->family);
  return component.registry->bind<T>(value, component.info->family);
}

template <class T>
Slot<T> bind_filled(const Component& component, const std::string& json = "{}") {
  return bind_filled<T>(component, parse_json(json, "test"));
}

/// All families with what they implement, for the whole program: slots point into their registry.
inline const Registry& tensor_registry() {
  static const Registry registry = builtin_registry();
  return registry;
}

inline const Implementations& tensor_parts() {
  static const Implementations parts = [] {
    Implementations made = builtin_implementations();
    load_tensor_families(made);
    at::set_num_threads(1);  // small tensors: more threads only wait for each other
    return made;
  }();
  return parts;
}

inline Component tensor_component(std::string_view family, std::string_view name) {
  return {&tensor_registry(), &tensor_parts(), tensor_registry().find(family, name), Json::map()};
}

inline ModelFacts facts_of(std::vector<std::int64_t> input, Task::Kind kind = Task::Kind::classification,
                           std::int64_t outputs = 3) {
  return {{kind, outputs, {}}, {{"x", {std::move(input)}}}};
}

inline std::vector<std::int64_t> ids_from(std::int64_t first, std::int64_t count) {
  std::vector<std::int64_t> ids(static_cast<std::size_t>(count));
  std::iota(ids.begin(), ids.end(), first);
  return ids;
}

/// Numbers in (-1, 1), all different for less than 997 elements and none near 0, where activations have a
/// corner.
inline at::Tensor spread(const std::vector<std::int64_t>& shape, at::ScalarType type = at::kFloat) {
  const at::Tensor steps = at::remainder(at::arange(1, element_count(shape) + 1, at::kDouble).mul(389), 997);
  return steps.mul(2).sub(996.5).div(998).reshape(shape).to(type);
}

inline std::vector<std::int64_t> with_batch(std::int64_t batch, std::vector<std::int64_t> sizes) {
  sizes.insert(sizes.begin(), batch);
  return sizes;
}

/// A context in which everything random is drawn.
inline Context training_context(const std::vector<std::int64_t>& ids) {
  Context context;
  context.is_training = true;
  context.seed = 5;
  context.ids = &ids;
  return context;
}

template <class T>
State saved(T& stateful) {
  State state;
  StateWriter out(state);
  stateful.save(out);
  for (StateEntry& entry : state) {  // a copy: what was saved may be memory that goes on changing
    auto copy = std::make_shared<const Array>(Array::copy_of(entry.view));
    entry.view = copy->view();
    entry.owner = std::move(copy);
  }
  return state;
}

inline std::vector<Module::Named> tensors_of(Module& module) {
  std::vector<Module::Named> out = module.parameters();
  for (const Module::Named& buffer : module.buffers()) out.push_back(buffer);
  return out;
}

inline void expect_same_tensors(Module& a, Module& b) {
  const auto left = tensors_of(a), right = tensors_of(b);
  ASSERT_EQ(left.size(), right.size());
  for (std::size_t i = 0; i < left.size(); ++i) {
    EXPECT_EQ(left[i].name, right[i].name);
    EXPECT_TRUE(left[i].tensor->equal(*right[i].tensor)) << left[i].name;
  }
}

/// `outline` against the tensors of the real thing: names, shapes, types, and which are trained.
inline void expect_outline_is_true(const std::vector<TensorOutline>& outline, Module& module) {
  const auto text_of = [](const std::string& name, const std::vector<std::int64_t>& shape, Dtype dtype,
                          bool is_buffer) {
    return text(name, ' ', shape_text(shape), ' ', to_string(dtype), is_buffer ? " buffer" : "");
  };
  std::vector<std::string> declared, real;
  for (const TensorOutline& tensor : outline) {
    declared.push_back(text_of(tensor.name, tensor.shape, tensor.dtype, tensor.is_buffer));
  }
  const auto add = [&](const std::vector<Module::Named>& tensors, bool is_buffer) {
    for (const auto& [name, tensor] : tensors) {
      real.push_back(text_of(name, tensor->sizes().vec(), dtype_of_tensor(*tensor), is_buffer));
      EXPECT_EQ(tensor->requires_grad(), !is_buffer) << name;
    }
  };
  add(module.parameters(), false);
  add(module.buffers(), true);
  EXPECT_THAT(real, ::testing::UnorderedElementsAreArray(declared));
}

}  // namespace assay::testing
