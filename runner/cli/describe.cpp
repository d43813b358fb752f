// `assay describe`: one component, from its declaration.

#include "core/io/files.h"
#include "core/io/json_text.h"
#include "core/text.h"
#include "runner/cli/command.h"
#include "runner/cli/component_text.h"
#include "runner/cli/plugins.h"
#include "runner/cli/reference.h"
#include "runner/cli/table.h"
#include "runner/cli/value_text.h"
#include "runner/config/to_yaml.h"

namespace assay::cli {
namespace {

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
  return lines + text('\n', out.paint(Style::bold, "Example"), '\n',
                      indented(to_yaml(example_of(component, registry))));
}

class Describe final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about =
        "Describes a component: what it does, its parameters with their defaults and rules, and an example.";
    syntax.optional_positional("NAME", name_,
                               "a component, as `assay list` names it; FAMILY/NAME where two share a name");
    syntax.flag("--all", is_all_, "every component instead of one");
    syntax.choice("--format", {"text", "json", "markdown"}, format_, "text (default), json or markdown");
    syntax.option("-o", "DIR", folder_,
                  "with --all: writes Markdown there, a page for each family; replaces what it wrote before");
    syntax.example("assay describe mlp", "a model");
    syntax.example("assay describe layer/dropout", "the layer of this name");
    syntax.example("assay describe --all --format json", "everything that a config can name, for a program");
  }

  int run(Session& session) override {
    const Registry registry = known_components();
    require_one_or_all();
    if (!folder_.empty()) return write_reference(registry);
    session.out.write(words_of(is_all_ ? all_of(registry) : find(registry), registry, session.out));
    return 0;
  }

 private:
  void require_one_or_all() const {
    if (name_.empty() && !is_all_)
      throw Error(Kind::usage, "describe: no component is named",
                  "`assay list` names them; --all describes all");
    if (!name_.empty() && is_all_)
      throw Error(Kind::usage, text("describe: both '", name_, "' and --all"), "give one");
    if (!folder_.empty() && !is_all_) throw Error(Kind::usage, "describe: -o is for --all", "leave it out");
  }

  int write_reference(const Registry& registry) const {
    make_folders(folder_);
    for (const auto& [file, page] : reference_pages(registry)) publish(join_path(folder_, file), page);
    return 0;
  }

  static std::vector<const ComponentInfo*> all_of(const Registry& registry) {
    std::vector<const ComponentInfo*> all;
    for (const FamilyInfo* family : registry.families()) {
      for (const ComponentInfo* component : registry.list(family->name)) all.push_back(component);
    }
    return all;
  }

  std::string words_of(const std::vector<const ComponentInfo*>& components, const Registry& registry,
                       const Output& out) const {
    std::string words;
    Json list = Json::list();
    for (const ComponentInfo* component : components) {
      if (format_ == "json") {
        list.push(to_json(*component));
        continue;
      }
      if (!words.empty()) words += '\n';
      words +=
          format_ == "markdown" ? component_markdown(*component, registry) : page(*component, registry, out);
    }
    return format_ == "json" ? to_text(list, 2) + '\n' : words;
  }

  /// Every component of the name, in whatever family.
  std::vector<const ComponentInfo*> find(const Registry& registry) const {
    std::vector<const ComponentInfo*> found;
    std::vector<std::string> known;
    for (const FamilyInfo* family : registry.families()) {
      for (const ComponentInfo* component : registry.list(family->name)) {
        const std::string full = family->name + '/' + component->name;
        const bool is_plugins = component->name.ends_with('/' + name_);
        if (name_ == component->name || name_ == full || is_plugins) found.push_back(component);
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
  bool is_all_ = false;
  std::string format_ = "text";
  std::string folder_;
};

}  // namespace

std::unique_ptr<Command> make_describe() { return std::make_unique<Describe>(); }

}  // namespace assay::cli
