#include "registry/contracts/tensor/model.h"

#include <utility>

namespace assay {

BuiltLayer build_layer(const std::string& name, const Slot<Layer>& slot, std::vector<Shape> inputs,
                       const LayerNeeds& parent) {
  Outline outline(parent.facts);
  Shape output = outline.layer(name, slot, inputs);
  const LayerNeeds needs{std::move(inputs), parent.facts, parent.parts, parent.init.below(name)};
  return {parent.parts.build(slot, needs), std::move(output)};
}

}  // namespace assay
