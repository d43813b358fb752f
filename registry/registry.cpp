#include "registry/registry.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "core/text.h"

namespace assay {

std::vector<std::string> ComponentInfo::keys() const {
  std::vector<std::string> out = schema->keys();
  if (common) {
    for (std::string& key : common->keys()) out.push_back(std::move(key));
  }
  return out;
}

const FieldInfo* ComponentInfo::find(std::string_view key) const {
  if (const FieldInfo* field = schema->find(key)) return field;
  return common ? common->find(key) : nullptr;
}

namespace {

struct ComponentKey {
  std::string_view family, name;
  bool operator==(const ComponentKey&) const = default;
};

struct ComponentKeyHash {
  std::size_t operator()(const ComponentKey& key) const {
    const std::hash<std::string_view> hash;
    return 31 * hash(key.family) + hash(key.name);
  }
};

}  // namespace

struct Registry::Tables {
  std::vector<std::unique_ptr<const FamilyInfo>> families;
  // By family, then by name. Nodes of a map keep their address, which slots and the index hold.
  std::map<std::string, std::map<std::string, ComponentInfo, std::less<>>, std::less<>> components;
  // Binding asks for every component of a config several times.
  std::unordered_map<ComponentKey, const ComponentInfo*, ComponentKeyHash> index;
  std::vector<PluginInfo> plugins;  // from outside
  std::string plugin;
  std::string plugin_version;
  std::string prefix;  // of the names that it declares
};

Registry::Registry() : tables_(std::make_unique<Tables>()) {}
Registry::~Registry() = default;
Registry::Registry(Registry&&) noexcept = default;
Registry& Registry::operator=(Registry&&) noexcept = default;

void Registry::add_family(FamilyInfo family) {
  ASSAY_ASSERT(!find_family(family.name));
  tables_->components[family.name];
  tables_->families.push_back(std::make_unique<const FamilyInfo>(std::move(family)));
}

namespace {

bool is_snake_case(std::string_view name) {
  return !name.empty() && name.front() >= 'a' && name.front() <= 'z' &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_/") == std::string_view::npos;
}

}  // namespace

void Registry::set_plugin(std::string name, std::string version) {
  tables_->plugin = std::move(name);
  tables_->plugin_version = std::move(version);
  tables_->prefix.clear();
}

void Registry::add_plugin(PluginInfo plugin) {
  const auto fail = [&](const std::string& fact, std::string hint) {
    throw Error(Kind::plugin, text("plugin ", plugin.file, " is called ", printable(plugin.name), fact),
                std::move(hint));
  };
  if (!is_snake_case(plugin.name) || plugin.name.find('/') != std::string::npos)
    fail(", which is not snake_case", "name it in a-z, 0-9 and _");
  for (const PluginInfo& other : tables_->plugins) {
    if (other.name == plugin.name) fail(text(", as ", other.file, " is"), "load one of them");
  }
  for (const auto& [family, components] : tables_->components) {
    for (const auto& [name, info] : components) {
      if (info.plugin == plugin.name) fail(", which is a name of assay's own", "give it another name");
    }
  }
  set_plugin(plugin.name, plugin.version);
  tables_->prefix = plugin.name + '/';
  tables_->plugins.push_back(std::move(plugin));
}

const std::vector<PluginInfo>& Registry::plugins() const { return tables_->plugins; }

void Registry::add(ComponentInfo info) {
  info.plugin = tables_->plugin;
  info.plugin_version = tables_->plugin_version;
  const auto family = tables_->components.find(info.family);
  if (family == tables_->components.end()) {
    throw Error(Kind::registry, text("plugin ", info.plugin, " declares ", info.name,
                                     " in the unknown family ", info.family));
  }
  if (!is_snake_case(info.name)) {
    throw Error(Kind::registry,
                text("plugin ", info.plugin, " declares ", info.family, " '", printable(info.name), "'"),
                "component names are snake_case: a-z, 0-9 and _");
  }
  info.name = tables_->prefix + info.name;
  const auto [where, is_new] = family->second.try_emplace(info.name, info);
  if (!is_new) {
    throw Error(Kind::registry, text("plugin ", info.plugin, " declares ", info.family, ' ', info.name,
                                     ", which plugin ", where->second.plugin, " declared before"));
  }
  const ComponentInfo& added = where->second;
  tables_->index.emplace(ComponentKey{added.family, added.name}, &added);
}

const ComponentInfo* Registry::find(std::string_view family, std::string_view name) const {
  const auto found = tables_->index.find({family, name});
  return found == tables_->index.end() ? nullptr : found->second;
}

std::vector<const ComponentInfo*> Registry::list(std::string_view family) const {
  std::vector<const ComponentInfo*> out;
  const auto members = tables_->components.find(family);
  if (members == tables_->components.end()) return out;
  for (const auto& [name, info] : members->second) out.push_back(&info);
  return out;
}

std::vector<std::string> Registry::names(std::string_view family) const {
  std::vector<std::string> out;
  for (const ComponentInfo* info : list(family)) out.push_back(info->name);
  return out;
}

std::vector<const FamilyInfo*> Registry::families() const {
  std::vector<const FamilyInfo*> out;
  for (const auto& family : tables_->families) out.push_back(family.get());
  return out;
}

const FamilyInfo* Registry::find_family(std::string_view name) const {
  for (const auto& family : tables_->families) {
    if (family->name == name || family->plural == name) return family.get();
  }
  return nullptr;
}

namespace {

bool is_number(const Value& value) {
  return value.is_scalar() && !value.is_quoted() && parse_real(value.text()).has_value();
}

Value typed_map(std::string type, const Where& where) {
  Value map = Value::map({}, where);
  map.set("type", Value::scalar(std::move(type), false, where));
  return map;
}

}  // namespace

std::optional<Value> Registry::normal_slot(const Value& value, std::string_view family,
                                           BindContext& context) const {
  const FamilyInfo* info = find_family(family);
  ASSAY_ASSERT(info != nullptr);
  if (is_number(value) && !info->number_type.empty()) {
    Value map = typed_map(info->number_type, value.where());
    map.set(info->number_key, value);
    return map;
  }
  if (value.is_scalar() && value.tag().empty()) return typed_map(value.text(), value.where());
  if (!value.is_map()) {
    report_type(value, {TypeInfo::Kind::slot, std::string(family)}, context);
    return std::nullopt;
  }
  if (const Value* type = value.find("type")) {
    if (type->is_scalar()) return value;
    BindContext inner{context.registry, context.problems, context.below("type")};
    inner.report(type->where(), text("is ", type->kind_text(), ", must be the name of a ", family),
                 "known: " + join(names(family), ", "));
    return std::nullopt;
  }
  if (info->map_type.empty()) {
    context.report(value.where(), text("has no `type`, so it names no ", family),
                   "add `type:`; known: " + join(names(family), ", "));
    return std::nullopt;
  }
  Value map = typed_map(info->map_type, value.where());
  for (const Value::Entry& entry : value.entries()) map.entries().push_back(entry);
  return map;
}

namespace {

// A slot as it is mostly bound: a map that names its component.
bool is_normal_slot(const Value& value) {
  const Value* type = value.find("type");
  return type && type->is_scalar();
}

}  // namespace

bool Registry::bind_slot(const Value& value, std::string_view family, SlotBase& out,
                         BindContext& context) const {
  if (value.is_null()) {
    out = SlotBase();
    return true;
  }
  std::optional<Value> made;
  if (!is_normal_slot(value)) {
    made = normal_slot(value, family, context);
    if (!made) return false;
  }
  const Value& map = made ? *made : value;
  const Value& type = *map.find("type");
  const ComponentInfo* component = find(family, type.text());
  if (!component) {
    context.report(type.where(), text(": unknown ", family, " '", printable(type.text()), "'"),
                   suggest(type.text(), names(family)));
    return false;
  }
  const std::size_t before = context.problems.size();
  std::shared_ptr<void> params = component->make_params();
  std::shared_ptr<void> common = component->make_common ? component->make_common() : nullptr;
  std::vector<Part> parts = {{component->schema, params.get()}};
  if (component->common) parts.push_back({component->common, common.get()});
  static const std::vector<std::string> reserved = {"type"};
  bind_fields(map, parts, reserved, context);
  out.name_ = component->name;
  out.path_ = context.path;
  out.where_ = type.where();
  out.component_ = component;
  out.params_ = std::move(params);
  out.common_ = std::move(common);
  return context.problems.size() == before;
}

bool read_slot(const Value& value, std::string_view family, SlotBase& out, BindContext& context) {
  return context.registry.bind_slot(value, family, out, context);
}

namespace {

// The place of the defaults that one owner declares, shared by all of them and made for the first.
class DefaultsPlace {
 public:
  explicit DefaultsPlace(std::string owner) : owner_(std::move(owner)) {}
  const Where& where() {
    if (!where_.is_known()) where_ = Where::defaults(owner_);
    return where_;
  }

 private:
  std::string owner_;
  Where where_;
};

void fill_fields(Value& config, const Schema& schema, const Registry& registry, DefaultsPlace& place);

void fill_slot(Value& value, const TypeInfo& type, const Registry& registry) {
  if (value.is_null()) return;
  if (!is_normal_slot(value)) {
    std::vector<Problem> ignored;  // bind reports them
    BindContext context{registry, ignored, {}};
    std::optional<Value> map = registry.normal_slot(value, type.family, context);
    if (!map || !registry.find(type.family, map->find("type")->text())) return;
    value = std::move(*map);
  }
  const ComponentInfo* component = registry.find(type.family, value.find("type")->text());
  if (!component) return;
  DefaultsPlace place(text(component->family, '/', component->name));
  fill_fields(value, *component->schema, registry, place);
  if (component->common) fill_fields(value, *component->common, registry, place);
}

void fill_type(Value& value, const TypeInfo& type, const Registry& registry, DefaultsPlace& place) {
  switch (type.kind) {
    case TypeInfo::Kind::slot:
      return fill_slot(value, type, registry);
    case TypeInfo::Kind::section:
      if (value.is_map()) fill_fields(value, *type.section(), registry, place);
      return;
    case TypeInfo::Kind::list:
      if (!value.is_list()) return;
      for (Value& item : value.items()) fill_type(item, *type.item, registry, place);
      return;
    case TypeInfo::Kind::map:
      if (!value.is_map()) return;
      for (Value::Entry& entry : value.entries()) fill_type(entry.value, *type.item, registry, place);
      return;
    default:
      return;
  }
}

void fill_fields(Value& config, const Schema& schema, const Registry& registry, DefaultsPlace& place) {
  for (const FieldInfo& field : schema.fields) {
    Value* written = config.find(field.key);
    for (const std::string& old_name : field.old_names) {
      if (!written) written = config.find(old_name);
    }
    if (!written) {
      if (field.is_required || field.default_value.is_null()) continue;
      config.entries().push_back({field.key, place.where(), to_value(field.default_value, place.where())});
      written = &config.entries().back().value;
    }
    fill_type(*written, field.type, registry, place);
  }
}

}  // namespace

void fill_defaults(Value& config, const Schema& schema, const Registry& registry, const std::string& owner) {
  DefaultsPlace place(owner);
  if (config.is_map()) fill_fields(config, schema, registry, place);
}

}  // namespace assay
