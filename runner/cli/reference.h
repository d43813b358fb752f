// The reference in Markdown: everything that a config can name, from its declarations.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "registry/registry.h"
#include "runner/cli/preset_text.h"

namespace assay::cli {

/// One component: what it does, its source, its parameters and an example. Begins with a heading of the
/// second level.
std::string component_markdown(const ComponentInfo& component, const Registry& registry);

/// A preset: what it says of itself, and its values. Begins with a heading of the second level.
std::string preset_markdown(const ShippedPreset& preset);

/// {file name, text}: a page for each family that has members, one for the presets, and README.md, which
/// lists them.
std::vector<std::pair<std::string, std::string>> reference_pages(const Registry& registry,
                                                                 const std::vector<ShippedPreset>& presets);

}  // namespace assay::cli
