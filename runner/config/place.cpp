#include "runner/config/place.h"

#include <algorithm>

#include "core/text.h"

namespace assay {
namespace {

// What was written by an old name is bound to the new one.
const Value* find_node(const Value* node, const std::string& key, const FieldInfo* field) {
  if (!node) return nullptr;
  if (const Value* found = node->is_list() ? node->find_path(key) : node->find(key)) return found;
  if (!field) return nullptr;
  for (const std::string& old_name : field->old_names) {
    if (const Value* found = node->find(old_name)) return found;
  }
  return nullptr;
}

const Value* find_argument(const Value& node) {
  if (node.where().kind == Where::Kind::argument) return &node;
  if (!node.is_list()) return nullptr;
  for (const Value& item : node.items()) {
    if (const Value* found = find_argument(item)) return found;
  }
  return nullptr;
}

}  // namespace

ConfigPlace ConfigPlace::root(const LoadedConfig& loaded, const Registry& registry) {
  return {"", &loaded.resolved, &loaded.composed, Guide::experiment(registry), nullptr, "experiment"};
}

ConfigPlace ConfigPlace::below(const std::string& key, const Json& child) const {
  static const Value nothing;
  const Guide inner = guide.below(key, node ? *node : nothing);
  ConfigPlace place{path.empty() ? key : text(path, '.', key), &child,
                    find_node(node, key, inner.field()),       inner,
                    inner.field() ? inner.field() : field,     owner};
  const std::string component =
      inner.is_slot() && place.node ? inner.component_name(*place.node) : std::string();
  if (!component.empty()) place.owner = text(inner.family(), '/', component);
  return place;
}

Where ConfigPlace::where() const {
  if (!node) return Where::defaults(owner);
  // An override may have changed or added a single item.
  const Value* argument = find_argument(*node);
  return argument ? argument->where() : node->where();
}

bool ConfigPlace::is_leaf() const {
  if (value->is_map()) return value->entries().empty();
  if (!value->is_list()) return true;
  const auto is_plain = [](const Json& item) { return !item.is_map(); };
  return std::all_of(value->items().begin(), value->items().end(), is_plain);
}

}  // namespace assay
