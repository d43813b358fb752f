// What the commands know: what ships, and the plugins from outside that ASSAY_PLUGIN_PATH, a config or a
// run's record names.
#pragma once

#include <string>

#include "registry/implementations.h"
#include "registry/registry.h"
#include "runner/config/load.h"
#include "runner/store/record.h"

namespace assay::cli {

/// What ships and the plugins of ASSAY_PLUGIN_PATH. Throws Kind::plugin if one of them cannot be loaded.
Registry known_components();

/// What all of them do, but for what needs LibTorch, which open_engine adds.
Implementations known_parts(const Registry& registry);

/// load_config, after the plugins that the config names are in the registry. Throws Kind::plugin as well.
LoadedConfig load_with_plugins(const ConfigRequest& request, Registry& registry);

/// Adds the plugins that a run was begun with. One that is not where it was may lie on ASSAY_PLUGIN_PATH now,
/// under the same file name.
void load_recorded_plugins(const store::Record& record, Registry& registry);

}  // namespace assay::cli
