// One layer after the other, as the config lists them.
#pragma once

#include <vector>

#include "core/text.h"
#include "plugins/models/layer_models.h"

namespace assay {
class Implementations;
}

namespace assay::models {

struct SequentialParams {
  std::vector<Slot<Layer>> layers;
  std::map<std::string, LayerBlock> blocks;  // written out when the config was bound
  std::vector<InitRule> init;
  Json with = Json::map();

  static void describe(Fields<SequentialParams>& f) {
    f.about(
        "One layer after the other. Sizes of inputs are inferred; `linear` without units gives what the task "
        "asks for.");
    f("layers", &SequentialParams::layers, "the layers, first to last", required, non_empty());
    describe_layer_model(f);
  }

  Shape outline(Outline& out) const {
    if (out.facts().inputs.size() != 1)
      out.fail(text("takes one input, the data has ", out.facts().inputs.size()));
    Shape shape = out.facts().inputs.front().shape;
    for (std::size_t i = 0; i < layers.size(); ++i) shape = out.layer(text("layers.", i), layers[i], shape);
    require_matches(init, out);
    return shape;
  }
  Operand compute(const Shape& made, Computation& out) const;
};

void implement_sequential(Implementations& parts);  // sequential.cpp

}  // namespace assay::models
