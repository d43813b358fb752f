// Components in words: what `describe` and the reference pages share.
#pragma once

#include <string>
#include <string_view>

#include "core/json.h"
#include "registry/registry.h"

namespace assay::cli {

/// "a list of integers" -> "list of integers"; of a slot, its family.
std::string type_text(const TypeInfo& type);

/// What each item of a list or a map has if it is a map of declared keys, as the nodes of a graph; else null.
const Schema* item_schema(const TypeInfo& type);
/// What stands between the name of such a field and a key: `.N.` of a list, `.NAME.` of a map.
std::string_view item_step(const TypeInfo& type);

/// Up to its first full stop.
std::string first_sentence(const std::string& words);

/// The doc with unit, version and old names.
std::string doc_text(const FieldInfo& field);

/// The component as a config would name it: at the top, or within another component that takes its family.
Json example_of(const ComponentInfo& component, const Registry& registry);

}  // namespace assay::cli
