// A config with a sweep, where a single run or a check of it was asked for.
#pragma once

#include <vector>

#include "registry/implementations.h"
#include "runner/config/load.h"

namespace assay::cli {

/// Checks the sweep of a config that has one, takes it out (a run and its record are of the config's own
/// values) and says so in a warning. Throws Error(Kind::config) with every problem of the sweep.
void set_sweep_aside(LoadedConfig& config, const ConfigRequest& request, const Registry& registry,
                     const Implementations& parts, std::vector<Problem>& warnings);

}  // namespace assay::cli
