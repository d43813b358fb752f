// Components in words: what `describe` and the reference pages share.
#pragma once

#include <string>

#include "core/json.h"
#include "registry/registry.h"

namespace assay::cli {

/// "a list of integers" -> "list of integers"; of a slot, its family.
std::string type_text(const TypeInfo& type);

/// The doc with unit, version and old names.
std::string doc_text(const FieldInfo& field);

/// The component as a config would name it: at the top, or within another component that takes its family.
Json example_of(const ComponentInfo& component, const Registry& registry);

}  // namespace assay::cli
