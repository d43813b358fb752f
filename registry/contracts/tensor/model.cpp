#include "registry/contracts/tensor/model.h"

#include <utility>

#include "core/text.h"

namespace assay {

BuiltLayer build_layer(const std::string& name, const Slot<Layer>& slot, std::vector<Shape> inputs,
                       const LayerNeeds& parent) {
  Outline outline(parent.facts);
  Shape output = outline.layer(name, slot, inputs);
  const LayerNeeds needs{std::move(inputs), parent.facts, parent.parts, parent.init.below(name)};
  return {parent.parts.build(slot, needs), std::move(output)};
}

void Chain::append(const std::string& name, const std::vector<Slot<Layer>>& slots, const LayerNeeds& parent,
                   Shape& shape) {
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const std::string child = text(name, '.', i);
    BuiltLayer built = build_layer(child, slots[i], {shape}, parent);
    shape = std::move(built.output);
    add_child(child, *built.layer);
    in_turn_.push_back(built.layer.get());
    layers_.push_back(std::move(built.layer));
  }
  // The same numbers from a quarter of the work, where windows are two by two.
  for (std::size_t i = 0; i + 1 < in_turn_.size(); ++i) {
    if (in_turn_[i]->commutes_with_max() && in_turn_[i + 1]->takes_max())
      std::swap(in_turn_[i], in_turn_[i + 1]);
  }
}

at::Tensor Chain::forward(const at::Tensor& x, Context& context) {
  at::Tensor h = x;
  for (Layer* layer : in_turn_) h = layer->forward({h}, context);
  return h;
}

}  // namespace assay
