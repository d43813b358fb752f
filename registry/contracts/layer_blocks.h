// The `blocks:` section of models that are lists of layers: lists that have a name and parameters, to be used
// many times with other values.
//
//   struct SequentialParams { std::map<std::string, LayerBlock> blocks; ... };
//
//   blocks: {dense: {parameters: {units, p: 0.1}, layers: [{type: linear, units: $(block.units)}, ...]}}
//   layers: [{type: block/dense, units: 64}, {type: block/dense, units: 32, p: 0}]
//
// A config is bound with every use written out as a `sequence` (runner/config/blocks.h), so that a model has
// no blocks by the time it is built: it declares them and does nothing.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "registry/contracts/families.h"

namespace assay {

struct LayerBlock {
  std::map<std::string, Json> parameters;
  std::vector<Slot<Layer>> layers;

  static void describe(Fields<LayerBlock>& f) {
    f("parameters", &LayerBlock::parameters,
      "values that a use gives, each with its default, or with nothing if a use must give it; in the layers "
      "`$(block.NAME)`");
    f("layers", &LayerBlock::layers, "the layers, first to last", required, non_empty());
  }
};

}  // namespace assay
