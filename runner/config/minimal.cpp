#include "runner/config/minimal.h"

#include <algorithm>
#include <optional>

#include "runner/config/place.h"

namespace assay {
namespace {

bool is_written(const Where& where) {
  return where.kind != Where::Kind::defaults && where.kind != Where::Kind::implied &&
         where.kind != Where::Kind::none;
}

bool holds_written(const Value& node) {
  if (is_written(node.where())) return true;
  if (node.is_list()) return std::any_of(node.items().begin(), node.items().end(), holds_written);
  if (!node.is_map()) return false;
  return std::any_of(node.entries().begin(), node.entries().end(),
                     [](const Value::Entry& entry) { return holds_written(entry.value); });
}

Json as_short_form(Json map, const ConfigPlace& place) {
  const bool is_name_alone = place.guide.is_slot() && map.entries().size() == 1 && map.find("type");
  return is_name_alone ? *map.find("type") : map;
}

// An item of a list that somebody wrote. A list replaces the one that is implied, so that its items must say
// everything but their own defaults.
Json whole_item(const ConfigPlace& place) {
  if (!place.value->is_map() || !place.node || !place.node->is_map()) return *place.value;
  Json out = Json::map();
  for (const auto& [key, child] : place.value->entries()) {
    const ConfigPlace below = place.below(key, child);
    const bool is_default =
        !below.node || (!holds_written(*below.node) && below.where().kind == Where::Kind::defaults);
    if (!is_default || key == "type") out.set(key, whole_item(below));
  }
  return as_short_form(std::move(out), place);
}

// Nothing if nobody wrote anything here.
std::optional<Json> written_part(const ConfigPlace& place) {
  if (!place.node || !holds_written(*place.node)) return std::nullopt;
  if (place.is_leaf()) return *place.value;
  if (place.value->is_list()) {
    Json list = Json::list();
    for (std::size_t i = 0; i < place.value->items().size(); ++i) {
      list.push(whole_item(place.below(std::to_string(i), place.value->items()[i])));
    }
    return list;
  }
  if (!place.node->is_map()) return *place.value;
  Json out = Json::map();
  for (const auto& [key, child] : place.value->entries()) {
    const ConfigPlace below = place.below(key, child);
    const bool is_name = below.path == "name";
    if (is_name) {
      out.set(key, child);
    } else if (std::optional<Json> part = written_part(below)) {
      out.set(key, std::move(*part));
    }
  }
  return as_short_form(std::move(out), place);
}

}  // namespace

Json minimal_config(const LoadedConfig& loaded, const Registry& registry) {
  return written_part(ConfigPlace::root(loaded, registry)).value_or(Json::map());
}

}  // namespace assay
