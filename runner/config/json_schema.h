// A JSON Schema (2020-12) of the whole config language, from the registry: what editors complete and
// underline. Every typed field also admits an interpolation; slots admit component names, presets and their
// short forms.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/json.h"
#include "registry/registry.h"

namespace assay {

/// Preset names by family, as {"model": ["lenet_small"]}; their parameters are not looked into.
using PresetNames = std::map<std::string, std::vector<std::string>>;

Json json_schema(const Registry& registry, const PresetNames& presets = {});

}  // namespace assay
