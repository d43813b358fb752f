// The secrets that a config refers to.
#pragma once

#include <vector>

#include "core/error.h"
#include "runner/config/load.h"

namespace assay {

/// A problem for every secret whose environment variable is not set. A config can be shown and explained
/// without its secrets; it cannot run.
std::vector<Problem> missing_secrets(const LoadedConfig& config, const Registry& registry);

}  // namespace assay
