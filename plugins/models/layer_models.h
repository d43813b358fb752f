// What the models that are lists of layers have in common.
#pragma once

#include <map>
#include <string>

#include "registry/contracts/families.h"
#include "registry/contracts/layer_blocks.h"
#include "registry/contracts/weight_inits.h"

namespace assay::models {

/// A map of anything.
inline Rule map_rule() {
  return {"a map", [](const Json& value) { return value.is_map(); }, Json::Map{{"type", "object"}}};
}

/// Declares `blocks`, `init` and `with`.
template <class P>
void describe_layer_model(Fields<P>& f) {
  f("blocks", &P::blocks, "lists of layers with a name and parameters, used as `{type: block/NAME, ...}`",
    not_identity);
  f("init", &P::init, "first values by name, over what the layers say; the first rule that matches wins");
  f("with", &P::with, "values of its own, for interpolation: `$(model.with.width)`", map_rule());
}

}  // namespace assay::models
