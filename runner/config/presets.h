// The presets that a config may name: files `<family>/<name>.yaml` in the folders of the config path.
#pragma once

#include <string>
#include <vector>

#include "registry/registry.h"
#include "runner/config/json_schema.h"

namespace assay {

/// By family, sorted, each once. Folders that cannot be read hold none.
PresetNames find_presets(const std::vector<std::string>& folders, const Registry& registry);

}  // namespace assay
