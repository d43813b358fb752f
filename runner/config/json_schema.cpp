#include "runner/config/json_schema.h"

#include <algorithm>
#include <map>
#include <utility>

#include "core/text.h"
#include "registry/contracts/experiment.h"

namespace assay {
namespace {

Json object(Json::Map entries) { return Json(std::move(entries)); }
Json reference(std::string_view definition) { return object({{"$ref", text("#/$defs/", definition)}}); }
Json any_of(Json::List choices) { return object({{"anyOf", Json(std::move(choices))}}); }
Json list_of(const std::vector<std::string>& names) {
  Json list = Json::list();
  for (const std::string& name : names) list.push(name);
  return list;
}

// $(...) anywhere in a text: its type is known only once it is evaluated.
Json interpolation() { return object({{"type", "string"}, {"pattern", "\\$\\("}}); }

// Readers of YAML 1.1 take 1e-3 for a text.
constexpr const char* exponent_pattern = "^[-+]?[0-9]*\\.?[0-9]*[eE][-+]?[0-9]+$";
constexpr const char* duration_pattern =
    "^ *([0-9.]+([eE][-+]?[0-9]+)? *(epochs?|steps?|samples?|s|seconds?|min|minutes?|h|hours?|%)|end) *$";
constexpr const char* share_pattern = "^ *([0-9.]+([eE][-+]?[0-9]+)? *%?|none) *$";

// A reader that knows the tag gives the name behind `!secret`; JSON has the whole reference.
constexpr const char* secret_pattern = "^(!secret )?[A-Za-z_][A-Za-z0-9_]*$";

Json type_schema(const TypeInfo& type);

Json scalar_schema(const TypeInfo& type) {
  switch (type.kind) {
    case TypeInfo::Kind::boolean:
      return object({{"type", "boolean"}});
    case TypeInfo::Kind::integer:
      return object({{"type", "integer"}});
    case TypeInfo::Kind::real:
      return object({{"type", "number"}});
    case TypeInfo::Kind::duration:
      return object({{"type", "string"}, {"pattern", duration_pattern}});
    case TypeInfo::Kind::secret:
      return object({{"type", "string"}, {"pattern", secret_pattern}});
    case TypeInfo::Kind::share:
      return any_of({object({{"type", "number"}, {"minimum", 0}, {"maximum", 1}}),
                     object({{"type", "string"}, {"pattern", share_pattern}})});
    case TypeInfo::Kind::text:  // `target: 4` and `tags: [2024]` are texts
      return object({{"type", list_of({"string", "number", "boolean"})}});
    default:
      return object({{"type", "string"}});
  }
}

// The fields of a schema as properties; unknown keys are refused where `is_closed`.
Json properties_of(const std::vector<const Schema*>& schemas);

Json section_schema(const Schema& schema) {
  Json out =
      object({{"type", "object"}, {"properties", properties_of({&schema})}, {"additionalProperties", false}});
  if (!schema.about.empty()) out.set("description", schema.about);
  return out;
}

Json type_schema(const TypeInfo& type) {
  switch (type.kind) {
    case TypeInfo::Kind::list: {
      const Json items = any_of({type_schema(*type.item), interpolation()});
      const Json list = object({{"type", "array"}, {"items", items}});
      return type.takes_one ? any_of({list, type_schema(*type.item)}) : list;
    }
    case TypeInfo::Kind::map:
      return object(
          {{"type", "object"}, {"additionalProperties", any_of({type_schema(*type.item), interpolation()})}});
    case TypeInfo::Kind::section:
      return section_schema(*type.section());
    case TypeInfo::Kind::slot:
      return reference(type.family);
    case TypeInfo::Kind::any:
      return Json::map();
    case TypeInfo::Kind::durations: {
      const Json one = scalar_schema({TypeInfo::Kind::duration});
      return any_of({one, object({{"type", "array"}, {"items", one}, {"minItems", 1}})});
    }
    default:
      return scalar_schema(type);
  }
}

// The rules' fragments beside the type's own keywords; a keyword that is taken already (`items`) goes under
// allOf.
void add_rules(Json& schema, const std::vector<Rule>& rules) {
  Json::List rest;
  for (const Rule& rule : rules) {
    for (const auto& [keyword, value] : rule.schema.entries()) {
      if (schema.find(keyword))
        rest.push_back(object({{keyword, value}}));
      else
        schema.set(keyword, value);
    }
  }
  if (!rest.empty()) schema.set("allOf", std::move(rest));
}

std::string description_of(const FieldInfo& field) {
  std::string out = field.doc;
  if (!field.unit.empty()) out += " [" + field.unit + "]";
  for (const Rule& rule : field.rules) out += "; " + rule.words;
  return out;
}

Json field_schema(const FieldInfo& field) {
  Json own = type_schema(field.type);
  add_rules(own, field.rules);
  Json::List choices{std::move(own), interpolation()};
  const bool is_number =
      field.type.kind == TypeInfo::Kind::real || field.type.kind == TypeInfo::Kind::integer;
  if (is_number) choices.push_back(object({{"type", "string"}, {"pattern", exponent_pattern}}));
  const TypeInfo::Kind kind = field.type.kind;
  const bool may_be_null = field.type.is_optional || kind == TypeInfo::Kind::slot ||
                           kind == TypeInfo::Kind::path || kind == TypeInfo::Kind::secret;
  if (may_be_null) choices.push_back(object({{"type", "null"}}));
  Json out = any_of(std::move(choices));
  out.set("description", description_of(field));
  if (!field.default_value.is_null()) out.set("default", field.default_value);
  return out;
}

Json properties_of(const std::vector<const Schema*>& schemas) {
  Json properties = Json::map();
  for (const Schema* schema : schemas) {
    for (const FieldInfo& field : schema->fields) {
      properties.set(field.key, field_schema(field));
      for (const std::string& old_name : field.old_names) {
        Json old = field_schema(field);
        old.set("deprecated", true);
        properties.set(old_name, std::move(old));
      }
    }
  }
  return properties;
}

std::vector<const Schema*> schemas_of(const ComponentInfo& component) {
  if (!component.common) return {component.schema};
  return {component.schema, component.common};
}

Json component_schema(const ComponentInfo& component) {
  Json properties = properties_of(schemas_of(component));
  properties.set("type", object({{"const", component.name}}));
  Json out =
      object({{"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}});
  if (!component.schema->about.empty()) out.set("description", component.schema->about);
  return out;
}

std::string definition_name(const ComponentInfo& component) {
  return text(component.family, '.', component.name);
}

// Every key of a family with what any of its components takes there.
Json union_of_properties(const std::vector<const ComponentInfo*>& components) {
  std::map<std::string, Json::List> choices;
  for (const ComponentInfo* component : components) {
    const Json own = properties_of(schemas_of(*component));
    for (const auto& [key, schema] : own.entries()) {
      Json::List& known = choices[key];
      if (std::find(known.begin(), known.end(), schema) == known.end()) known.push_back(schema);
    }
  }
  Json properties = Json::map();
  for (auto& [key, schemas] : choices)
    properties.set(key, schemas.size() == 1 ? std::move(schemas.front()) : any_of(std::move(schemas)));
  return properties;
}

// A map in a slot: what `type` says decides which keys there may be. Without `type` it goes over what a base
// file or a data set says, so any parameter of the family is allowed.
Json slot_map_schema(const std::vector<const ComponentInfo*>& components,
                     const std::vector<std::string>& presets) {
  Json names = Json::list();
  Json keys = Json::list();
  Json cases = Json::list();
  for (const ComponentInfo* component : components) {
    names.push(component->name);
    const Json is_this = object({{"properties", object({{"type", object({{"const", component->name}})}})},
                                 {"required", Json(Json::List{"type"})}});
    cases.push(object({{"if", is_this}, {"then", reference(definition_name(*component))}}));
  }
  for (const std::string& preset : presets) names.push(preset);
  Json properties = union_of_properties(components);
  for (const auto& [key, schema] : properties.entries()) keys.push(key);
  keys.push("type");
  cases.push(object({{"if", object({{"required", list_of({"type"})}})},
                     {"else", object({{"properties", std::move(properties)}})}}));
  Json type = any_of({object({{"enum", std::move(names)}}), interpolation()});
  return object({{"type", "object"},
                 {"properties", object({{"type", std::move(type)}})},
                 {"propertyNames", object({{"enum", std::move(keys)}})},
                 {"allOf", std::move(cases)}});
}

// `block/NAME`, alone or with its parameters: which there are, the model says.
void add_blocks(Json::List& choices) {
  const Json name = object({{"type", "string"}, {"pattern", "^block/[a-z][a-z0-9_]*$"}});
  choices.push_back(name);
  choices.push_back(object(
      {{"type", "object"}, {"properties", object({{"type", name}})}, {"required", list_of({"type"})}}));
}

Json slot_schema(const FamilyInfo& family, const Registry& registry,
                 const std::vector<std::string>& presets) {
  std::vector<std::string> names = registry.names(family.name);
  names.insert(names.end(), presets.begin(), presets.end());
  Json::List choices{object({{"enum", list_of(names)}}), slot_map_schema(registry.list(family.name), presets),
                     interpolation()};
  if (!family.number_type.empty()) choices.push_back(object({{"type", "number"}}));
  if (family.name == LayerFamily::name) add_blocks(choices);
  Json out = any_of(std::move(choices));
  out.set("description", family.about);
  return out;
}

// The keys that shape the text of a config and are gone once it is composed.
void add_composition_keys(Json& properties) {
  const Json file = object({{"type", "string"}});
  Json extends = any_of({file, object({{"type", "array"}, {"items", file}})});
  extends.set("description", "files that this one builds on; later ones win, this one last");
  properties.set("extends", std::move(extends));
  Json overrides = object({{"type", "object"}});
  overrides.set("description", "changes to what is extended, by dotted key: {optimizer.lr: 1e-2}");
  properties.set("overrides", std::move(overrides));
  Json vars = object({{"type", "object"}});
  vars.set("description", "values of your own, for $(vars.name)");
  properties.set("vars", std::move(vars));
}

std::vector<std::string> required_keys(const Schema& schema) {
  std::vector<std::string> keys;
  for (const FieldInfo& field : schema.fields) {
    if (field.is_required) keys.push_back(field.key);
  }
  return keys;
}

// What must be written, at the top and in sections.
Json required_of(const Schema& schema) {
  Json out = object({{"required", list_of(required_keys(schema))}});
  Json sections = Json::map();
  for (const FieldInfo& field : schema.fields) {
    if (field.type.kind == TypeInfo::Kind::section && !required_keys(*field.type.section()).empty())
      sections.set(field.key, required_of(*field.type.section()));
  }
  if (!sections.entries().empty()) out.set("properties", std::move(sections));
  return out;
}

}  // namespace

Json json_schema(const Registry& registry, const PresetNames& presets) {
  const Schema& experiment = schema_of<Experiment>();
  Json definitions = Json::map();
  for (const FamilyInfo* family : registry.families()) {
    const auto named = presets.find(family->name);
    definitions.set(
        family->name,
        slot_schema(*family, registry, named == presets.end() ? std::vector<std::string>{} : named->second));
    for (const ComponentInfo* component : registry.list(family->name)) {
      definitions.set(definition_name(*component), component_schema(*component));
    }
  }
  Json properties = properties_of({&experiment});
  add_composition_keys(properties);
  Json out = object({{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                     {"title", "assay experiment"},
                     {"description", experiment.about},
                     {"type", "object"},
                     {"properties", std::move(properties)},
                     {"additionalProperties", false}});
  // A file that builds on others may leave anything to them, or to its own `overrides:`.
  out.set("anyOf", Json(Json::List{required_of(experiment), object({{"required", list_of({"extends"})}}),
                                   object({{"required", list_of({"overrides"})}})}));
  out.set("$defs", std::move(definitions));
  return out;
}

}  // namespace assay
