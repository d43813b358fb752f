// A config without what it leaves unsaid.
#pragma once

#include "core/json.h"
#include "runner/config/load.h"

namespace assay {

/// What was written in a file or on the command line, and the name, which would otherwise follow from the
/// file that the result is saved in. Files, presets, variables and expressions are resolved, paths are
/// absolute: wherever it is read, it is the same experiment.
Json minimal_config(const LoadedConfig& loaded, const Registry& registry);

}  // namespace assay
