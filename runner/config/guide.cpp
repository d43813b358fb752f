#include "runner/config/guide.h"

#include <algorithm>
#include <utility>

#include "registry/contracts/experiment.h"

namespace assay {

Guide Guide::experiment(const Registry& registry) { return {registry, &schema_of<Experiment>()}; }

Guide::Schemas Guide::schemas(const Value& node) const {
  if (schema_) return {schema_, nullptr};
  if (!type_) return {};
  if (type_->kind == TypeInfo::Kind::section) return {type_->section(), nullptr};
  if (!is_slot()) return {};
  const ComponentInfo* component = registry_->find(family(), component_name(node));
  if (!component) return {};
  return {component->schema, component->common};
}

std::string Guide::scalar_words() const {
  if (!type_) return {};
  switch (type_->kind) {
    case TypeInfo::Kind::boolean:
    case TypeInfo::Kind::integer:
    case TypeInfo::Kind::real:
    case TypeInfo::Kind::text:
    case TypeInfo::Kind::path:
    case TypeInfo::Kind::secret:
    case TypeInfo::Kind::duration:
    case TypeInfo::Kind::share:
      return type_->words();
    default:
      return {};
  }
}

Guide Guide::below(std::string_view key, const Value& node) const { return children(node)(key); }

Guide::Children Guide::children(const Value& node) const {
  if (type_ && type_->item) return {*registry_, type_->item.get(), {}};
  return {*registry_, nullptr, schemas(node)};
}

Guide Guide::Children::operator()(std::string_view key) const {
  if (item_) return {*registry_, item_, nullptr};
  for (const Schema* schema : schemas_) {
    if (!schema) continue;
    for (const FieldInfo& field : schema->fields) {
      const auto& old = field.old_names;
      if (field.key == key || std::find(old.begin(), old.end(), key) != old.end()) {
        return {*registry_, &field.type, &field};
      }
    }
  }
  return {*registry_, nullptr, nullptr};
}

namespace {

// What cannot be a number, so that it names a component; most are.
bool is_plain_name(const Value& node) {
  if (!node.is_scalar() || !node.tag().empty() || node.text().empty()) return false;
  const char first = node.text().front();
  return first >= 'a' && first <= 'z';
}

}  // namespace

std::string Guide::component_name(const Value& node) const {
  if (is_plain_name(node)) return node.text();
  const Value map = node.is_map() ? Value() : as_map(node);
  const Value& typed = node.is_map() ? node : map;
  if (const Value* type = typed.find("type")) return type->is_scalar() ? type->text() : std::string();
  const FamilyInfo* info = registry_->find_family(family());
  ASSAY_ASSERT(info != nullptr);
  return typed.is_map() ? info->map_type : std::string();
}

Value Guide::as_map(const Value& node) const {
  if (!node.is_scalar()) return node;
  std::vector<Problem> ignored;  // bind reports what is no component
  BindContext context{*registry_, ignored, {}};
  return registry_->normal_slot(node, family(), context).value_or(node);
}

std::vector<std::string> Guide::known_keys(const Value& node) const {
  std::vector<std::string> keys;
  for (const Schema* schema : schemas(node)) {
    if (!schema) continue;
    for (std::string& key : schema->keys()) keys.push_back(std::move(key));
  }
  return keys;
}

}  // namespace assay
