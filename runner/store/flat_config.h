// A config as a list of keys and values: what conditions, columns and comparisons of runs speak of.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/json.h"

namespace assay::store {

/// Leaves of a config by their dotted keys, in the config's order. A list is one leaf unless it holds maps:
/// then its items have numbers, `model.layers.0.units`. An empty map is a leaf.
using FlatConfig = std::vector<std::pair<std::string, Json>>;
FlatConfig flatten(const Json& config);

}  // namespace assay::store
