#include "runner/config/complete.h"

#include <algorithm>
#include <utility>

#include "core/text.h"
#include "registry/contracts/families.h"
#include "runner/config/guide.h"

namespace assay {
namespace {

struct Spot {
  Guide guide;
  Value node;
};

bool is_block(const std::string& name) { return name.starts_with("block/"); }

// A slot whose component is not known could be any of its family.
std::vector<Value> possible_nodes(const Spot& spot) {
  if (!spot.guide.is_slot()) return {spot.node};
  const Registry& registry = spot.guide.registry();
  const std::string name = spot.guide.component_name(spot.node);
  if (registry.find(spot.guide.family(), name) || is_block(name)) return {spot.node};
  std::vector<Value> nodes;
  for (const std::string& each : registry.names(spot.guide.family())) {
    Value node = Value::map({}, {});
    node.set("type", Value::scalar(each, false, {}));
    nodes.push_back(std::move(node));
  }
  return nodes;
}

Spot below(const Spot& spot, const std::string& key) {
  const Value* inner = spot.node.find_path(key);
  for (const Value& node : possible_nodes(spot)) {
    const Guide guide = spot.guide.below(key, node);
    if (guide.is_known()) return {guide, inner ? *inner : Value()};
  }
  return {spot.guide.below(key, spot.node), Value()};
}

Spot spot_at(const std::string& path, const Value& config, const Registry& registry) {
  Spot spot{Guide::experiment(registry), config};
  if (path.empty()) return spot;
  for (const std::string& key : split(path, '.')) spot = below(spot, key);
  return spot;
}

struct Key {
  std::string name;
  std::string doc;
};

// What the config itself names: parameters of a block, values of `with`.
std::vector<Key> own_keys(const Spot& spot) {
  std::vector<Key> keys;
  if (!spot.node.is_map() || (spot.guide.is_slot() && !is_block(spot.guide.component_name(spot.node))))
    return keys;
  for (const Value::Entry& entry : spot.node.entries()) {
    if (entry.key != "type") keys.push_back({entry.key, {}});
  }
  return keys;
}

bool has_keys(const Spot& spot) {
  const std::vector<Value> nodes = possible_nodes(spot);
  return !own_keys(spot).empty() || std::any_of(nodes.begin(), nodes.end(), [&](const Value& node) {
    return !spot.guide.known_keys(node).empty();
  });
}

// The keys that may stand at a spot, or the numbers of its items.
std::vector<Key> keys_at(const Spot& spot) {
  std::vector<Key> keys;
  if (spot.node.is_list()) {
    for (std::size_t i = 0; i < spot.node.items().size(); ++i) {
      const Guide item = spot.guide.below("0", spot.node);
      keys.push_back(
          {std::to_string(i), item.is_slot() ? item.component_name(spot.node.items()[i]) : std::string()});
    }
    return keys;
  }
  for (const Value& node : possible_nodes(spot)) {
    for (const std::string& name : spot.guide.known_keys(node)) {
      const auto is_same = [&](const Key& key) { return key.name == name; };
      if (std::any_of(keys.begin(), keys.end(), is_same)) continue;
      const FieldInfo* field = spot.guide.below(name, node).field();
      keys.push_back({name, field ? field->doc : std::string()});
    }
  }
  return keys.empty() ? own_keys(spot) : keys;
}

void add_values(const Guide& guide, const PresetNames& presets, std::vector<Completion>& values) {
  const Registry& registry = guide.registry();
  if (guide.is_slot()) {
    for (const ComponentInfo* component : registry.list(guide.family()))
      values.push_back({component->name, component->schema->about});
    if (const auto named = presets.find(guide.family()); named != presets.end()) {
      for (const std::string& preset : named->second) values.push_back({preset, "preset"});
    }
  }
  const FieldInfo* field = guide.field();
  if (!field) return;
  if (field->type.kind == TypeInfo::Kind::boolean) {
    values.push_back({"true", ""});
    values.push_back({"false", ""});
  }
  for (const Rule& rule : field->rules) {
    const Json* choices = rule.schema.find("enum");
    if (!choices) continue;
    for (const Json& choice : choices->items()) {
      if (choice.is_text()) values.push_back({choice.text(), ""});
    }
  }
}

std::vector<Completion> complete_value(std::string_view key, std::string_view prefix, std::string_view begin,
                                       const Value& config, const Registry& registry,
                                       const PresetNames& presets) {
  const bool appends = key.ends_with('+');
  const bool names_type = key.ends_with(".type");
  std::string path(appends ? key.substr(0, key.size() - 1) : key);
  if (names_type) path.erase(path.size() - std::string_view(".type").size());
  const Spot spot = spot_at(path, config, registry);
  std::vector<Completion> values;
  add_values(appends ? spot.guide.below("0", spot.node) : spot.guide, presets, values);
  if (const Value* blocks = config.find_path("model.blocks"); blocks && blocks->is_map()) {
    const Guide guide = appends ? spot.guide.below("0", spot.node) : spot.guide;
    const bool is_layer = guide.is_slot() && guide.family() == LayerFamily::name;
    for (const Value::Entry& block : blocks->entries()) {
      if (is_layer) values.push_back({text("block/", block.key), "block of this model"});
    }
  }
  std::erase_if(values, [&](const Completion& value) { return !value.text.starts_with(begin); });
  for (Completion& value : values) value.text = text(prefix, value.text);
  return values;
}

std::pair<std::string, std::string> parent_and_last(std::string_view written) {
  const std::size_t dot = written.rfind('.');
  if (dot == std::string_view::npos) return {"", std::string(written)};
  return {std::string(written.substr(0, dot)), std::string(written.substr(dot + 1))};
}

}  // namespace

std::vector<Completion> complete_override(std::string_view written, const Value& config,
                                          const Registry& registry, const PresetNames& presets) {
  if (const std::size_t equals = written.find('='); equals != std::string_view::npos) {
    return complete_value(written.substr(0, equals), written.substr(0, equals + 1),
                          written.substr(equals + 1), config, registry, presets);
  }
  const auto [parent, begin] = parent_and_last(written);
  const Spot spot = spot_at(parent, config, registry);
  std::vector<Completion> out;
  for (const Key& key : keys_at(spot)) {
    if (!key.name.starts_with(begin)) continue;
    const std::string word = parent.empty() ? key.name : text(parent, '.', key.name);
    const Spot inner = below(spot, key.name);
    const bool is_section = !inner.guide.is_slot() && has_keys(inner);
    if (!is_section) out.push_back({word + '=', key.doc});
    if (inner.guide.is_list()) out.push_back({word + "+=", key.doc});
    if (has_keys(inner) || (inner.node.is_list() && inner.guide.below("0", inner.node).is_slot()))
      out.push_back({word + '.', key.doc});
  }
  return out;
}

std::vector<Completion> complete_key(std::string_view written, const Value& config,
                                     const Registry& registry) {
  const auto [parent, begin] = parent_and_last(written);
  const Spot spot = spot_at(parent, config, registry);
  std::vector<Completion> out;
  for (const Key& key : keys_at(spot)) {
    if (!key.name.starts_with(begin)) continue;
    const std::string word = parent.empty() ? key.name : text(parent, '.', key.name);
    out.push_back({word, key.doc});
    if (has_keys(below(spot, key.name))) out.push_back({word + '.', key.doc});
  }
  return out;
}

}  // namespace assay
