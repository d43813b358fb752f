#include "runner/cli/plugins.h"

#include <algorithm>
#include <cstdlib>

#include "core/io/files.h"
#include "registry/contracts/builtin.h"
#include "registry/plugin_loader.h"
#include "runner/config/composition.h"

namespace assay::cli {

Registry known_components() {
  Registry registry = builtin_registry();
  const char* path = std::getenv("ASSAY_PLUGIN_PATH");
  for (const PluginFile& plugin : plugins_on_path(path == nullptr ? "" : path)) load_plugin(plugin, registry);
  return registry;
}

Implementations known_parts(const Registry& registry) {
  Implementations parts = builtin_implementations();
  load_plugin_parts(registry.plugins(), parts);
  return parts;
}

LoadedConfig load_with_plugins(const ConfigRequest& request, Registry& registry) {
  const Composition composition(request, registry);
  const std::vector<PluginFile> named = composition.plugins();
  if (named.empty()) return composition.load();
  for (const PluginFile& plugin : named) load_plugin(plugin, registry);
  return load_config(request, registry);
}

void load_recorded_plugins(const store::Record& record, Registry& registry) {
  const Json* named = record.begin.resolved.find("plugins");
  if (named == nullptr) return;  // a run of an assay that knew none
  for (const Json& item : named->items()) {
    const std::string& file = item.text();
    const auto is_it = [&](const PluginInfo& known) { return base_name(known.file) == base_name(file); };
    const std::vector<PluginInfo>& known = registry.plugins();
    if (!exists(file) && std::any_of(known.begin(), known.end(), is_it)) continue;
    load_plugin({file, {}}, registry);
  }
}

}  // namespace assay::cli
