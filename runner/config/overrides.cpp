#include "runner/config/overrides.h"

#include <algorithm>
#include <utility>

#include "core/text.h"
#include "runner/config/merge.h"
#include "runner/config/read_yaml.h"

namespace assay {
namespace {

constexpr std::size_t longest_path = 50;

// `a[2].x` -> {a, 2, x}; nothing for empty parts and unclosed brackets.
std::optional<std::vector<std::string>> parse_path(std::string_view written) {
  std::vector<std::string> parts;
  for (const std::string& piece : split(written, '.')) {
    std::string_view rest = piece;
    const std::size_t bracket = rest.find('[');
    const std::string_view name = rest.substr(0, bracket);
    if (name.empty()) return std::nullopt;
    parts.emplace_back(name);
    rest = bracket == std::string_view::npos ? std::string_view() : rest.substr(bracket);
    while (!rest.empty()) {
      const std::size_t end = rest.find(']');
      if (rest.front() != '[' || end == std::string_view::npos || end == 1) return std::nullopt;
      parts.emplace_back(rest.substr(1, end - 1));
      rest.remove_prefix(end + 1);
    }
  }
  if (parts.size() > longest_path) return std::nullopt;
  return parts;
}

// How an item of a list is called: a bare name, or its `type` or `name`.
bool is_called(const Value& item, const std::string& name) {
  if (item.is_scalar()) return item.text() == name;
  for (const char* key : {"type", "name"}) {
    const Value* value = item.find(key);
    if (value && value->is_scalar() && value->text() == name) return true;
  }
  return false;
}

std::vector<std::string> item_names(const Value& list) {
  std::vector<std::string> names;
  const auto add = [&names](const Value* name) {
    if (!name || !name->is_scalar() || std::find(names.begin(), names.end(), name->text()) != names.end())
      return;
    names.push_back(name->text());
  };
  for (const Value& item : list.items()) {
    add(&item);
    add(item.find("type"));
    add(item.find("name"));
  }
  return names;
}

std::vector<std::string> keys_of(const Value& map) {
  std::vector<std::string> keys;
  for (const Value::Entry& entry : map.entries()) keys.push_back(entry.key);
  return keys;
}

}  // namespace

std::optional<Override> parse_key(const std::string& written, const Where& where,
                                  std::vector<Problem>& problems) {
  std::string_view key = trim(written);
  Override made;
  made.where = where;
  if (key.starts_with('~')) {
    made.action = Override::Action::unset;
    key.remove_prefix(1);
  } else if (key.ends_with('+')) {
    made.action = Override::Action::append;
    key.remove_suffix(1);
  }
  std::optional<std::vector<std::string>> path = parse_path(trim(key));
  if (!path) {
    problems.push_back({where,
                        {},
                        text("'", printable(key), "' is no key"),
                        "keys are dotted, as optimizer.lr or model.layers.2.units"});
    return std::nullopt;
  }
  made.path = std::move(*path);
  return made;
}

std::optional<Override> parse_override(const std::string& written, const Where& where,
                                       std::vector<Problem>& problems) {
  const std::size_t equals = written.find('=');
  const bool is_unset = trim(written).starts_with('~');
  if (equals == std::string::npos && !is_unset) {
    problems.push_back({where, {}, "is no override: it has no '='", "write key=value, as optimizer.lr=0.01"});
    return std::nullopt;
  }
  if (is_unset && equals != std::string::npos) {
    problems.push_back(
        {where, {}, "both unsets a key and gives it a value", "write ~key alone, or key=value"});
    return std::nullopt;
  }
  std::optional<Override> made = parse_key(written.substr(0, equals), where, problems);
  if (!made || is_unset) return made;
  std::optional<Value> value = read_yaml_argument(written.substr(equals + 1), where, problems);
  if (!value) return std::nullopt;
  if (!value->where().is_known()) value->set_where(where);
  made->value = std::move(*value);
  return made;
}

Overrides::Overrides(const Overrides& other, std::vector<Problem>& problems)
    : root_(other.root_),
      problems_(problems),
      deferred_(other.deferred_),
      switches_(other.switches_),
      written_(other.written_) {}

void Overrides::report(const Override& override, const std::vector<std::string>& path, std::string message,
                       std::string hint) {
  problems_.push_back({override.where, printable(join(path, ".")), std::move(message), std::move(hint)});
}

void Overrides::apply(Value& config, const Override& override) {
  if (override.action == Override::Action::unset) return unset(config, override, true);
  if (!try_apply(config, override, true)) deferred_.push_back(override);
}

void Overrides::take_over(const Overrides& earlier, const Value& config) {
  std::vector<Override> kept;
  for (const Override& override : earlier.deferred_) {
    if (!config.find_path(join(override.path, "."))) kept.push_back(override);
  }
  deferred_.insert(deferred_.begin(), kept.begin(), kept.end());
}

std::set<std::string> Overrides::apply_deferred(Value& config) {
  std::set<std::string> keys;
  for (const Override& override : std::exchange(deferred_, {})) {
    keys.insert(override.path.front());
    if (override.action == Override::Action::unset) {
      unset(config, override, false);
    } else {
      try_apply(config, override, false);
    }
  }
  return keys;
}

// False if the override is to be tried again.
bool Overrides::try_apply(Value& config, const Override& override, bool may_defer) {
  Place place{&config, root_, {}};
  bool is_deferred = false;
  for (std::size_t i = 0; i + 1 < override.path.size(); ++i) {
    if (!enter(place, override.path[i], override, may_defer, is_deferred)) return !is_deferred;
  }
  const std::string& key = override.path.back();
  if (!make_container(place, override)) return true;
  if (override.action == Override::Action::append) {
    const bool is_absent = place.node->is_map() && !place.node->find(key);
    if (is_absent && may_defer && place.guide.below(key, *place.node).is_list()) return false;
    append(place, key, override);
  } else {
    set(place, key, override);
  }
  return true;
}

// Makes what is there able to hold keys: nothing becomes a map, a component's bare name the map it stands
// for.
bool Overrides::make_container(Place& place, const Override& override) {
  Value& node = *place.node;
  if (node.is_map() || node.is_list()) return true;
  if (node.is_null() && place.guide.is_list()) {
    node = Value::list({}, override.where);
  } else if (node.is_null()) {
    const FieldInfo* field = place.guide.field();
    const bool has_default = place.guide.is_slot() && field && field->default_value.is_text();
    node = has_default ? place.guide.as_map(to_value(field->default_value, Where::defaults("experiment")))
                       : Value::map({}, override.where);
  } else if (place.guide.is_slot()) {
    node = place.guide.as_map(node);
  }
  if (node.is_map() || node.is_list()) return true;
  report(override, place.path, text("is ", node.kind_text(), ", which holds no keys"),
         "set it as a whole, or remove what follows its name");
  return false;
}

// Goes one key down, making what is missing.
bool Overrides::enter(Place& place, const std::string& key, const Override& override, bool may_defer,
                      bool& is_deferred) {
  if (!make_container(place, override)) return false;
  Guide below = place.guide.below(key, *place.node);
  std::string step = key;
  Value* next = nullptr;
  if (place.node->is_list()) {
    const std::optional<std::size_t> index = find_item(place, key, override);
    if (!index) return false;
    next = &place.node->items()[*index];
    step = text(*index);
  } else {
    next = place.node->find(key);
    if (!next && below.is_list() && may_defer) {
      is_deferred = true;
      return false;
    }
    if (!next && !below.scalar_words().empty()) {
      place.path.push_back(key);
      report(override, place.path, text(": holds no keys, must be ", below.scalar_words()),
             "remove what follows its name");
      return false;
    }
    if (!next) next = &place.node->set(key, Value::null(override.where), override.where);
  }
  place.path.push_back(std::move(step));
  place = {next, std::move(below), std::move(place.path)};
  return true;
}

std::optional<std::size_t> Overrides::find_item(const Place& place, const std::string& key,
                                                const Override& override) {
  const Value::List& items = place.node->items();
  std::vector<std::string> path = place.path;
  path.push_back(key);
  if (const std::optional<std::int64_t> index = parse_integer(key)) {
    if (*index >= 0 && *index < static_cast<std::int64_t>(items.size()))
      return static_cast<std::size_t>(*index);
    const std::string range =
        items.empty() ? "the list is empty"
                      : text("the list has ", count_text(static_cast<std::int64_t>(items.size()), "item"),
                             ", counted from 0");
    report(override, path, text(": there is no item ", *index, ": ", range),
           text("`", join(place.path, "."), "+=...` appends one"));
    return std::nullopt;
  }
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (!is_called(items[i], key)) continue;
    if (found) {
      report(override, path, ": more than one item has this name",
             text("address it by number: ", join(place.path, "."), '.', *found));
      return std::nullopt;
    }
    found = i;
  }
  if (!found)
    report(override, path, text(": no item of the list is called '", printable(key), "'"),
           suggest(key, item_names(*place.node)));
  return found;
}

void Overrides::set(Place& place, const std::string& key, const Override& override) {
  Value& node = *place.node;
  const Guide below = place.guide.below(key, node);
  std::vector<std::string> path = place.path;
  if (node.is_list()) {
    const std::optional<std::size_t> index = find_item(place, key, override);
    if (index) merge(node.items()[*index], override.value, below, log_, text(*index));
    return;
  }
  if (key == "type" && place.guide.is_slot())
    switches_.push_back({place.path, override.where, place.guide.component_name(node)});
  path.push_back(key);
  written_.insert(join(path, "."));
  const auto same_key = [&](const Value::Entry& entry) { return entry.key == key; };
  const auto found = std::find_if(node.entries().begin(), node.entries().end(), same_key);
  if (found == node.entries().end()) {
    node.entries().push_back({key, override.where, override.value});
  } else {
    merge(found->value, override.value, below, log_, key);
    found->key_where = override.where;
  }
}

void Overrides::append(Place& place, const std::string& key, const Override& override) {
  bool is_deferred = false;
  if (!enter(place, key, override, false, is_deferred)) return;
  if (place.node->is_null()) *place.node = Value::list({}, override.where);
  if (!place.node->is_list()) {
    report(override, place.path,
           text("is ", place.node->kind_text(), ", not a list that an item could be appended to"),
           text("write ", join(place.path, "."), "=..."));
    return;
  }
  place.node->items().push_back(override.value);
}

void Overrides::unset(Value& config, const Override& override, bool may_defer) {
  Place place{&config, root_, {}};
  for (std::size_t i = 0; i < override.path.size(); ++i) {
    const std::string& key = override.path[i];
    const bool is_last = i + 1 == override.path.size();
    Value& node = *place.node;
    Guide below = place.guide.below(key, node);
    if (node.is_list()) {
      const std::optional<std::size_t> index = find_item(place, key, override);
      if (!index) return;
      if (is_last) {
        node.items().erase(node.items().begin() + static_cast<std::ptrdiff_t>(*index));
        return;
      }
      place.node = &node.items()[*index];
    } else {
      Value* next = node.find(key);
      if (!next && below.is_list() && !is_last && may_defer) return deferred_.push_back(override);
      if (!next && below.is_known()) return;  // not written: as unset as can be
      if (!next) {
        place.path.push_back(key);
        std::vector<std::string> known = place.guide.known_keys(node);
        if (known.empty() && node.is_map()) known = keys_of(node);
        return report(override, place.path, ": unknown key", suggest(key, known));
      }
      if (is_last) {
        node.erase(key);
        return;
      }
      place.node = next;
    }
    place.guide = std::move(below);
    place.path.push_back(key);
  }
}

std::vector<std::string> Overrides::leftovers(const Value& slot, const ComponentInfo& component,
                                              const Switch& change) const {
  std::vector<std::string> keys;
  for (const Value::Entry& entry : slot.entries()) {
    if (entry.key == "type" || component.find(entry.key)) continue;
    if (!written_.contains(text(join(change.slot, "."), '.', entry.key))) keys.push_back(entry.key);
  }
  return keys;
}

void Overrides::check_switched_types(Value& config) {
  for (const Switch& change : std::exchange(switches_, {})) {
    Guide guide = root_;
    Value* slot = &config;
    for (const std::string& key : change.slot) {
      guide = guide.below(key, *slot);
      slot = slot->find_path(key);
      if (!slot) break;
    }
    if (!slot || !slot->is_map() || !guide.is_slot()) continue;
    const std::string name = guide.component_name(*slot);
    const ComponentInfo* component = guide.registry().find(guide.family(), name);
    if (!component || name == change.old_name) continue;
    const std::vector<std::string> keys = leftovers(*slot, *component, change);
    if (keys.empty()) continue;
    const std::string path = join(change.slot, ".");
    problems_.push_back({change.where, path + ".type",
                         text("leaves parameters of ", change.old_name, " behind: ", join(keys, ", ")),
                         text("`", path, '=', name, "` replaces the whole ", guide.family())});
    for (const std::string& key : keys) slot->erase(key);
  }
}

}  // namespace assay
