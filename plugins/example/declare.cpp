// The plugin's name, its version and what it declares. In a config, components have the plugin's name before
// theirs.
#include "example.h"

#include "registry/plugin.h"

ASSAY_DECLARE(example, "0.1.0", registry) {
  registry.declare<example::ExampleParams>(assay::family::layer, "example");
}
