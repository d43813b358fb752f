#include "registry/contracts/computation.h"

#include <algorithm>
#include <any>
#include <utility>

#include "core/text.h"
#include "registry/registry.h"

namespace assay {
namespace {

constexpr const char* says_nothing = "does not say what it computes";

/// What the shape function makes of these; they were checked before.
Shape shape_of(const LayerFacet& facet, const void* params, std::span<const Operand> inputs,
               const ModelFacts& facts) {
  std::vector<Shape> shapes;
  for (const Operand& input : inputs) shapes.push_back(input.shape);
  Outline unused(facts);
  return facet.outline(params, shapes, unused);
}

}  // namespace

Computation::Computation(const ModelFacts& facts, const std::vector<TensorOutline>& tensors)
    : facts_(facts), tensors_(tensors) {
  for (const NamedShape& input : facts.inputs) {
    inputs_.push_back({steps_.size(), input.shape});
    steps_.push_back({operation::Input{input.name}, {}, input.shape, true, {}});
  }
}

Operand Computation::weight(std::string_view name) { return weight_of_model(text(prefix_, name)); }

Operand Computation::weight_of_model(std::string_view name) {
  const auto used = weights_.find(name);
  if (used != weights_.end()) return used->second;
  const auto tensor = std::ranges::find(tensors_, name, &TensorOutline::name);
  ASSAY_ASSERT(tensor != tensors_.end());
  const Operand made{steps_.size(), {tensor->shape, tensor->dtype}};
  steps_.push_back({operation::Weight{tensor->name}, {}, made.shape, false, place()});
  return weights_.emplace(tensor->name, made).first->second;
}

Operand Computation::constant(Array values) {
  const Operand made{steps_.size(), {values.shape(), values.dtype()}};
  steps_.push_back({operation::Constant{std::move(values)}, {}, made.shape, false, place()});
  return made;
}

Operand Computation::add(Operation operation, std::initializer_list<Operand> inputs, Shape made) {
  return add(std::move(operation), std::span(inputs.begin(), inputs.size()), std::move(made));
}

Operand Computation::add(Operation operation, std::span<const Operand> inputs, Shape made) {
  ComputationStep step{std::move(operation), {}, made, false, place()};
  for (const Operand& input : inputs) {
    step.inputs.push_back(input.step);
    step.is_batched = step.is_batched || steps_[input.step].is_batched;
  }
  steps_.push_back(std::move(step));
  return {steps_.size() - 1, std::move(made)};
}

Operand Computation::add_with(Operation operation, std::initializer_list<Operand> inputs,
                              const std::vector<std::string>& weights, Shape made) {
  std::vector<Operand> all(inputs);
  for (const std::string& name : weights) {
    const bool is_there = std::ranges::find(tensors_, prefix_ + name, &TensorOutline::name) != tensors_.end();
    if (is_there) all.push_back(weight(name));
  }
  return add(std::move(operation), all, std::move(made));
}

Operand Computation::layer(std::string_view name, const Slot<Layer>& slot, const Operand& input) {
  return layer(name, slot, std::span<const Operand>(&input, 1));
}

Operand Computation::layer(std::string_view name, const Slot<Layer>& slot, std::span<const Operand> inputs) {
  const auto* facet = std::any_cast<LayerFacet>(&slot.component().facet);
  ASSAY_ASSERT(facet != nullptr);
  const Shape made = shape_of(*facet, slot.params(), inputs, facts_);
  return scope(name, [&] {
    if (facet->compute == nullptr) return unknown(slot.name(), made);
    Operand out = facet->compute(slot.params(), inputs, made, *this);
    ASSAY_ASSERT(out.shape == made);
    return out;
  });
}

Operand Computation::layers(std::string_view name, const std::vector<Slot<Layer>>& slots, Operand x) {
  for (std::size_t i = 0; i < slots.size(); ++i) x = layer(text(name, '.', i), slots[i], x);
  return x;
}

Operand Computation::scope(std::string_view name, const std::function<Operand()>& body) {
  const std::string outer = std::exchange(prefix_, text(prefix_, name, '.'));
  Operand made = body();
  prefix_ = outer;
  return made;
}

std::string Computation::place() const {
  return prefix_.empty() ? prefix_ : prefix_.substr(0, prefix_.size() - 1);
}

Operand Computation::unknown(std::string_view component, Shape made) {
  unsayable_.push_back({place(), std::string(component), says_nothing});
  return add(operation::Reshape{}, {}, std::move(made));
}

Computation compute_model(const SlotBase& model, const ModelFacts& facts,
                          const std::vector<TensorOutline>& tensors) {
  const auto* facet = std::any_cast<ModelFacet>(&model.component().facet);
  Computation computation(facts, tensors);
  if (facet == nullptr || facet->compute == nullptr) {
    computation.output_ = computation.unknown(model.name(), {}).step;
    return computation;
  }
  Outline unused(facts);
  const Shape made = outline_model(model, facts, unused);
  const Operand output = facet->compute(model.params(), made, computation);
  ASSAY_ASSERT(output.shape == made);
  computation.output_ = output.step;
  return computation;
}

}  // namespace assay
