// `assay describe`: one component, from its declaration.

#include "core/io/files.h"
#include "core/io/json_text.h"
#include "core/text.h"
#include "runner/cli/command.h"
#include "runner/cli/component_text.h"
#include "runner/cli/plugins.h"
#include "runner/cli/preset_text.h"
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
    if (const Schema* item = item_schema(field.type))
      add_rows(*item, text(name, item_step(field.type)), table);
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
    if (const Schema* item = item_schema(field.type)) one.set("item", parameters_json(*item));
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

std::string page(const ShippedPreset& preset, const Output& out) {
  const int width = out.width() > 2 ? out.width() - 2 : 0;
  return text(out.paint(Style::bold, preset.name), "  ",
              out.paint(Style::dim, text("preset of ", preset.family, ", a ", preset.base)), "\n  ",
              wrap(preset.about, width, "  "), "\n\n", out.paint(Style::bold, "Example"), '\n',
              indented(to_yaml(preset.example)));
}

Json to_json(const ShippedPreset& preset) {
  return Json::Map{{"family", preset.family}, {"name", preset.name},   {"preset", preset.file()},
                   {"base", preset.base},     {"about", preset.about}, {"example", preset.example}};
}

class Describe final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about =
        "Describes a component: what it does, its parameters with their defaults and rules, and an example; "
        "or a preset that comes with assay.";
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
    if (is_all_) {
      session.out.write(words_of(all_of(registry), {}, registry, session.out));
      return 0;
    }
    const std::vector<const ComponentInfo*> components = find(registry);
    const std::vector<ShippedPreset> presets = find_presets(registry);
    if (components.empty() && presets.empty()) refuse_unknown(registry);
    session.out.write(words_of(components, presets, registry, session.out));
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
    for (const auto& [file, page] : reference_pages(registry, shipped_presets(registry)))
      publish(join_path(folder_, file), page);
    return 0;
  }

  static std::vector<const ComponentInfo*> all_of(const Registry& registry) {
    std::vector<const ComponentInfo*> all;
    for (const FamilyInfo* family : registry.families()) {
      for (const ComponentInfo* component : registry.list(family->name)) all.push_back(component);
    }
    return all;
  }

  std::string words_of(const std::vector<const ComponentInfo*>& components,
                       const std::vector<ShippedPreset>& presets, const Registry& registry,
                       const Output& out) const {
    if (format_ == "json") return to_text(json_of(components, presets), 2) + '\n';
    const bool is_markdown = format_ == "markdown";
    std::vector<std::string> pages;
    for (const ComponentInfo* component : components)
      pages.push_back(is_markdown ? component_markdown(*component, registry)
                                  : page(*component, registry, out));
    for (const ShippedPreset& preset : presets)
      pages.push_back(is_markdown ? preset_markdown(preset) : page(preset, out));
    return join(pages, "\n");
  }

  static Json json_of(const std::vector<const ComponentInfo*>& components,
                      const std::vector<ShippedPreset>& presets) {
    Json list = Json::list();
    for (const ComponentInfo* component : components) list.push(to_json(*component));
    for (const ShippedPreset& preset : presets) list.push(to_json(preset));
    return list;
  }

  bool is_called(const std::string& family, const std::string& name) const {
    return name_ == name || name_ == text(family, '/', name) || name.ends_with('/' + name_);
  }

  /// Every component of the name, in whatever family.
  std::vector<const ComponentInfo*> find(const Registry& registry) const {
    std::vector<const ComponentInfo*> found;
    for (const ComponentInfo* component : all_of(registry)) {
      if (is_called(component->family, component->name)) found.push_back(component);
    }
    return found;
  }

  std::vector<ShippedPreset> find_presets(const Registry& registry) const {
    std::vector<ShippedPreset> found = shipped_presets(registry);
    std::erase_if(found,
                  [this](const ShippedPreset& preset) { return !is_called(preset.family, preset.name); });
    return found;
  }

  [[noreturn]] void refuse_unknown(const Registry& registry) const {
    const bool has_family = name_.find('/') != std::string::npos;
    std::vector<std::string> known;
    const auto add = [&](const std::string& family, const std::string& name) {
      known.push_back(has_family ? text(family, '/', name) : name);
    };
    for (const ComponentInfo* component : all_of(registry)) add(component->family, component->name);
    for (const ShippedPreset& preset : shipped_presets(registry)) add(preset.family, preset.name);
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
