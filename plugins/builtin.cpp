#include "registry/contracts/builtin.h"

#include "registry/contracts/families.h"
#include "registry/plugin.h"

// Defined by ASSAY_DECLARE and ASSAY_IMPLEMENT in the folders named.
extern "C" {
const assay::PluginDescriptor* assay_plugin_datasets();
const assay::PluginDescriptor* assay_plugin_splits();
const assay::PluginDescriptor* assay_plugin_transforms();
const assay::PluginDescriptor* assay_plugin_schedules();
const assay::PluginDescriptor* assay_plugin_augmentations();
const assay::PluginDescriptor* assay_plugin_models();
const assay::PluginDescriptor* assay_plugin_layers();
const assay::PluginDescriptor* assay_plugin_inits();
const assay::PluginDescriptor* assay_plugin_losses();
const assay::PluginDescriptor* assay_plugin_metrics();
const assay::PluginDescriptor* assay_plugin_penalties();
const assay::PluginDescriptor* assay_plugin_optimizers();
const assay::PluginDescriptor* assay_plugin_observers();
const assay::PluginDescriptor* assay_plugin_samplers();
const assay::PluginDescriptor* assay_plugin_pruners();
const assay::PluginDescriptor* assay_plugin_launchers();
const assay::PluginDescriptor* assay_plugin_weights();
const assay::ImplementDescriptor* assay_implement_datasets();
const assay::ImplementDescriptor* assay_implement_splits();
const assay::ImplementDescriptor* assay_implement_transforms();
const assay::ImplementDescriptor* assay_implement_schedules();
const assay::ImplementDescriptor* assay_implement_samplers();
const assay::ImplementDescriptor* assay_implement_pruners();
const assay::ImplementDescriptor* assay_implement_launchers();
const assay::ImplementDescriptor* assay_implement_weights();
}

namespace assay {

Registry builtin_registry() {
  Registry registry;
  add_families(registry);
  for (const auto plugin :
       {assay_plugin_datasets, assay_plugin_splits, assay_plugin_transforms, assay_plugin_schedules,
        assay_plugin_augmentations, assay_plugin_models, assay_plugin_layers, assay_plugin_inits,
        assay_plugin_losses, assay_plugin_penalties, assay_plugin_metrics, assay_plugin_optimizers,
        assay_plugin_observers, assay_plugin_samplers, assay_plugin_pruners, assay_plugin_launchers,
        assay_plugin_weights}) {
    load_declarations(*plugin(), registry);
  }
  return registry;
}

Implementations builtin_implementations() {
  Implementations parts;
  for (const auto plugin : {assay_implement_datasets, assay_implement_splits, assay_implement_transforms,
                            assay_implement_schedules, assay_implement_samplers, assay_implement_pruners,
                            assay_implement_launchers, assay_implement_weights}) {
    load_implementations(*plugin(), parts);
  }
  return parts;
}

std::vector<std::string> tensor_plugins() {
  return {"augmentations", "models",  "layers",     "inits",    "losses",
          "penalties",     "metrics", "optimizers", "observers"};
}

void load_tensor_families(Implementations& parts) {
  const std::string folder = library_folder();
  for (const std::string& plugin : tensor_plugins()) {
    using Implement = const ImplementDescriptor* (*)();
    void* symbol = open_symbol(folder + "/libassay_" + plugin + ".so", "assay_implement_" + plugin);
    load_implementations(*reinterpret_cast<Implement>(symbol)(), parts);
  }
}

}  // namespace assay
