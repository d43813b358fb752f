#include "runner/cli/component_text.h"

#include <algorithm>

#include "core/text.h"
#include "registry/contracts/dataset.h"
#include "registry/contracts/experiment.h"

namespace assay::cli {

std::string type_text(const TypeInfo& type) {
  if (type.kind == TypeInfo::Kind::slot) return type.family;
  if (type.kind == TypeInfo::Kind::list && type.item->kind == TypeInfo::Kind::slot)
    return text("list of ", type.item->family, 's');
  const std::string words = type.words();
  for (const std::string_view article : {"a ", "an "}) {
    if (words.rfind(article, 0) == 0) return words.substr(article.size());
  }
  return words;
}

const Schema* item_schema(const TypeInfo& type) {
  return type.item && type.item->kind == TypeInfo::Kind::section ? type.item->section() : nullptr;
}

std::string_view item_step(const TypeInfo& type) {
  return type.kind == TypeInfo::Kind::map ? ".NAME." : ".N.";
}

std::string first_sentence(const std::string& words) {
  const std::size_t end = words.find(". ");
  return end == std::string::npos ? words : words.substr(0, end + 1);
}

std::string doc_text(const FieldInfo& field) {
  std::string doc = field.doc;
  if (!field.unit.empty()) doc += text(" [", field.unit, ']');
  if (!field.since.empty()) doc += text(" (since ", field.since, ')');
  if (!field.old_names.empty()) doc += text(" (was ", join(field.old_names, ", "), ')');
  return doc;
}

namespace {

/// The first field of a schema that holds components of this family, alone or in a list.
const FieldInfo* find_place(const Schema& schema, const std::string& family) {
  for (const FieldInfo& field : schema.fields) {
    const TypeInfo& type = field.type.kind == TypeInfo::Kind::list ? *field.type.item : field.type;
    if (type.kind == TypeInfo::Kind::slot && type.family == family) return &field;
  }
  return nullptr;
}

Json in_place(const FieldInfo& place, Json component) {
  Json list = Json::list();
  if (place.type.kind == TypeInfo::Kind::list) list.push(component);
  Json map = Json::map();
  map.set(place.key, place.type.kind == TypeInfo::Kind::list ? std::move(list) : std::move(component));
  return map;
}

/// What a required parameter could be: the first of its choices, else its type in angle brackets.
Json sample(const FieldInfo& field) {
  for (const Rule& rule : field.rules) {
    const Json* choices = rule.schema.find("enum");
    if (choices != nullptr && !choices->items().empty()) return choices->items().front();
  }
  return text('<', type_text(field.type), '>');
}

bool needs_more(const ComponentInfo& component) {
  const std::vector<FieldInfo>& fields = component.schema->fields;
  return std::any_of(fields.begin(), fields.end(), [](const FieldInfo& field) { return field.is_required; });
}

/// A component that has a place for others of this family, and itself a place at the top of a config. Of
/// several, one that can stand without further parameters.
const ComponentInfo* find_host(const std::string& family, const Registry& registry) {
  const ComponentInfo* found = nullptr;
  for (const FamilyInfo* candidates : registry.families()) {
    if (find_place(schema_of<Experiment>(), candidates->name) == nullptr) continue;
    for (const ComponentInfo* host : registry.list(candidates->name)) {
      const bool has_place = find_place(*host->schema, family) != nullptr ||
                             (host->common != nullptr && find_place(*host->common, family) != nullptr);
      if (!has_place) continue;
      if (!needs_more(*host)) return host;
      if (found == nullptr) found = host;
    }
  }
  return found;
}

}  // namespace

Json example_of(const ComponentInfo& component, const Registry& registry) {
  Json written = Json::map();
  written.set("type", component.name);
  for (const FieldInfo& field : component.schema->fields) {
    if (field.is_required) {
      written.set(field.key, sample(field));
    } else if (!field.default_value.is_null()) {
      written.set(field.key, field.default_value);
    }
  }
  if (component.common != nullptr) {  // of a penalty its weight; what else a family shares has defaults
    for (const FieldInfo& field : component.common->fields) {
      if (field.is_required) written.set(field.key, sample(field));
    }
  }
  if (const FieldInfo* place = find_place(schema_of<Experiment>(), component.family))
    return in_place(*place, std::move(written));
  const ComponentInfo* host = find_host(component.family, registry);
  if (host == nullptr) return written;
  const FieldInfo* place = find_place(*host->schema, component.family);
  if (place == nullptr) place = find_place(*host->common, component.family);
  Json around(Json::Map{{"type", host->name}});
  const Json inner = in_place(*place, std::move(written));
  around.set(inner.entries().front().first, inner.entries().front().second);
  return in_place(*find_place(schema_of<Experiment>(), host->family), std::move(around));
}

}  // namespace assay::cli
