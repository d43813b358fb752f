// `assay describe`: one component, from its declaration.
#include <algorithm>

#include "core/io/json_text.h"
#include "core/text.h"
#include "registry/contracts/builtin.h"
#include "registry/contracts/dataset.h"
#include "registry/contracts/experiment.h"
#include "runner/cli/command.h"
#include "runner/cli/table.h"
#include "runner/cli/value_text.h"
#include "runner/config/to_yaml.h"

namespace assay::cli {
namespace {

/// "a list of integers" -> "list of integers"; of a slot, its family.
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

std::string doc_text(const FieldInfo& field) {
  std::string doc = field.doc;
  if (!field.unit.empty()) doc += text(" [", field.unit, ']');
  if (!field.since.empty()) doc += text(" (since ", field.since, ')');
  if (!field.old_names.empty()) doc += text(" (was ", join(field.old_names, ", "), ')');
  return doc;
}

/// Parameters of sections stand below their section, as `split.train`.
void add_rows(const Schema& schema, const std::string& prefix, Table& table) {
  for (const FieldInfo& field : schema.fields) {
    const std::string name = prefix + field.key;
    if (field.type.kind == TypeInfo::Kind::section) {
      table.row({name, "", "", "", doc_text(field)});
      add_rows(*field.type.section(), name + '.', table);
    } else {
      table.row({name, type_text(field.type), default_text(field), rule_text(field), doc_text(field)});
    }
  }
}

Json parameters_json(const Schema& schema) {
  Json list = Json::list();
  for (const FieldInfo& field : schema.fields) {
    Json one = Json::map();
    one.set("key", field.key);
    one.set("type", type_text(field.type));
    one.set("required", field.is_required);
    one.set("default", field.default_value);
    one.set("rule", rule_text(field));
    one.set("unit", field.unit);
    one.set("doc", field.doc);
    if (field.type.kind == TypeInfo::Kind::section)
      one.set("parameters", parameters_json(*field.type.section()));
    list.push(std::move(one));
  }
  return list;
}

Json to_json(const ComponentInfo& component) {
  Json json = Json::map();
  json.set("family", component.family);
  json.set("name", component.name);
  json.set("plugin", component.plugin);
  json.set("version", component.plugin_version);
  json.set("about", component.schema->about);
  json.set("source", component.schema->source);
  json.set("parameters", parameters_json(*component.schema));
  if (component.common != nullptr) json.set("common", parameters_json(*component.common));
  return json;
}

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

/// The component as a config would name it: at the top, or within another component that takes its family.
Json example(const ComponentInfo& component, const Registry& registry) {
  Json written = Json::map();
  written.set("type", component.name);
  for (const FieldInfo& field : component.schema->fields) {
    if (field.is_required) {
      written.set(field.key, sample(field));
    } else if (!field.default_value.is_null()) {
      written.set(field.key, field.default_value);
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

std::string indented(const std::string& lines) {
  std::string out;
  for (const std::string& line : split(trim(lines), '\n')) out += "  " + line + '\n';
  return out;
}

std::string page(const ComponentInfo& component, const Registry& registry, const Output& out) {
  std::string lines = text(
      out.paint(Style::bold, component.name), "  ",
      out.paint(Style::dim, text(component.family, ", ", component.plugin, ' ', component.plugin_version)),
      '\n');
  lines += text("  ", wrap(component.schema->about, out.width() > 2 ? out.width() - 2 : 0, "  "), '\n');
  if (!component.schema->source.empty()) lines += text("  Source: ", component.schema->source, '\n');

  const auto columns = [] {
    using Fit = Table::Fit;
    constexpr auto left = Table::Align::left;
    return Table({{"name"},
                  {"type", left, Fit::cut},
                  {"default", left, Fit::cut},
                  {"must be", left, Fit::wrap},
                  {"meaning", left, Fit::wrap}});
  };
  Table own = columns();
  add_rows(*component.schema, "", own);
  lines +=
      text('\n', out.paint(Style::bold, "Parameters"), '\n', own.is_empty() ? "  none\n" : own.text(out, 2));
  if (component.common != nullptr) {
    Table common = columns();
    add_rows(*component.common, "", common);
    lines +=
        text('\n', out.paint(Style::bold, text("Of every ", component.family)), '\n', common.text(out, 2));
  }
  for (const CrossCheck& check : component.schema->checks)
    lines += text("  It must hold that ", check.words, ".\n");
  return lines +
         text('\n', out.paint(Style::bold, "Example"), '\n', indented(to_yaml(example(component, registry))));
}

class Describe final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about =
        "Describes a component: what it does, its parameters with their defaults and rules, and an example.";
    syntax.positional("NAME", name_,
                      "a component, as `assay list` names it; FAMILY/NAME where two share a name");
    syntax.choice("--format", {"text", "json"}, format_, "text (default) or json");
    syntax.example("assay describe mlp", "a model");
    syntax.example("assay describe layer/dropout", "the layer of this name");
  }

  int run(Session& session) override {
    const Registry registry = builtin_registry();
    const std::vector<const ComponentInfo*> found = find(registry);
    std::string all;
    Json list = Json::list();
    for (const ComponentInfo* component : found) {
      if (!all.empty()) all += '\n';
      all += page(*component, registry, session.out);
      list.push(to_json(*component));
    }
    session.out.write(format_ == "json" ? to_text(list, 2) + '\n' : all);
    return 0;
  }

 private:
  /// Every component of the name, in whatever family.
  std::vector<const ComponentInfo*> find(const Registry& registry) const {
    std::vector<const ComponentInfo*> found;
    std::vector<std::string> known;
    for (const FamilyInfo* family : registry.families()) {
      for (const ComponentInfo* component : registry.list(family->name)) {
        const std::string full = family->name + '/' + component->name;
        if (name_ == component->name || name_ == full) found.push_back(component);
        known.push_back(name_.find('/') == std::string::npos ? component->name : full);
      }
    }
    if (!found.empty()) return found;
    const std::string near = closest(name_, known);
    throw Error(Kind::registry, text("no component is called '", name_, "'"),
                near.empty() ? "`assay list` names them all"
                             : text("did you mean '", near, "'? `assay list` names them all"));
  }

  std::string name_;
  std::string format_ = "text";
};

}  // namespace

std::unique_ptr<Command> make_describe() { return std::make_unique<Describe>(); }

}  // namespace assay::cli
