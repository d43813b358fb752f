#include "runner/cli/reference.h"

#include <algorithm>

#include "core/text.h"
#include "runner/cli/component_text.h"
#include "runner/cli/value_text.h"
#include "runner/config/to_yaml.h"

namespace assay::cli {
namespace {

constexpr std::string_view made_by =
    "<!-- Made by `assay describe --all -o docs/reference` from the declarations. -->\n\n";

/// A cell of a table: on one line, with no end of a cell in it.
std::string markdown_cell(const std::string& words) {
  std::string out;
  for (const char c : words) {
    if (c == '|') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

std::string code_cell(const std::string& words) {
  return words.empty() || words == "-" ? std::string() : text('`', markdown_cell(words), '`');
}

/// `list of initialisers` links to their page.
std::string type_cell(const TypeInfo& type, const Registry& registry) {
  const TypeInfo& inner = type.kind == TypeInfo::Kind::list ? *type.item : type;
  const std::string words = markdown_cell(type_text(type));
  if (inner.kind != TypeInfo::Kind::slot) return words;
  const FamilyInfo* family = registry.find_family(inner.family);
  return family == nullptr ? words : text('[', words, "](", family->plural, ".md)");
}

void add_rows(const Schema& schema, const std::string& prefix, const Registry& registry, std::string& rows) {
  for (const FieldInfo& field : schema.fields) {
    const std::string name = prefix + field.key;
    const bool is_section = field.type.kind == TypeInfo::Kind::section;
    const std::string standard = field.is_required ? "required" : code_cell(default_text(field));
    rows += text("| `", name, "` | ", is_section ? "section" : type_cell(field.type, registry), " | ",
                 is_section ? std::string() : standard, " | ", markdown_cell(rule_text(field)), " | ",
                 markdown_cell(doc_text(field)), " |\n");
    if (is_section) add_rows(*field.type.section(), name + '.', registry, rows);
    if (const Schema* item = item_schema(field.type))
      add_rows(*item, text(name, item_step(field.type)), registry, rows);
  }
}

std::string parameter_table(const Schema& schema, const Registry& registry) {
  std::string rows;
  add_rows(schema, "", registry, rows);
  if (rows.empty()) return {};
  return text("\n| parameter | type | default | must be | meaning |\n| --- | --- | --- | --- | --- |\n",
              rows);
}

bool is_from_outside(const ComponentInfo& component) { return component.name.find('/') != std::string::npos; }

/// Who declares it: a folder of the tree, or a plugin.
std::string owner_text(const ComponentInfo& component) {
  if (is_from_outside(component)) return text("plugin ", component.plugin, ' ', component.plugin_version);
  const std::string folder =
      component.plugin == "datasets" ? component.plugin : "plugins/" + component.plugin;
  return text('[', folder, "](../../", folder, ')');
}

std::string capitalised(std::string words) {
  if (!words.empty() && words.front() >= 'a' && words.front() <= 'z')
    words.front() = static_cast<char>(words.front() - 'a' + 'A');
  return words;
}

std::string family_page(const FamilyInfo& family, const Registry& registry) {
  const std::vector<const ComponentInfo*> members = registry.list(family.name);
  std::string page =
      text(made_by, "# ", capitalised(family.plural), "\n\n", capitalised(family.about), ".\n");
  if (!family.number_type.empty())
    page +=
        text("\nA bare number means `{type: ", family.number_type, ", ", family.number_key, ": NUMBER}`.\n");
  if (!family.map_type.empty()) page += text("\nA map without `type` means `", family.map_type, "`.\n");
  page += "\n| name | what |\n| --- | --- |\n";
  for (const ComponentInfo* member : members)
    page += text("| [`", member->name, "`](#", member->name, ") | ",
                 markdown_cell(first_sentence(member->schema->about)), " |\n");
  if (members.front()->common != nullptr)
    page += text("\n## Of every ", family.name, '\n', parameter_table(*members.front()->common, registry));
  for (const ComponentInfo* member : members) page += '\n' + component_markdown(*member, registry);
  return page;
}

std::string presets_page(const std::vector<ShippedPreset>& presets) {
  std::string page =
      text(made_by,
           "# Presets\n\nWhat other components say in a file, under a name of its own: `model: "
           "resnet20`. What stands beside the name goes over the file: `model: {type: gpt, with: "
           "{depth: 6}}`.\n\n| name | what |\n| --- | --- |\n");
  for (const ShippedPreset& preset : presets)
    page += text("| [`", preset.name, "`](#", preset.name, ") | ", markdown_cell(preset.summary()), " |\n");
  for (const ShippedPreset& preset : presets) page += '\n' + preset_markdown(preset);
  return page;
}

}  // namespace

std::string preset_markdown(const ShippedPreset& preset) {
  return text("## ", preset.name, "\n\n", preset.about, "\n\nA `", preset.base, "`: [", preset.file(),
              "](../../", preset.file(), ").\n\n```yaml\n", trim(to_yaml(preset.example)), "\n```\n");
}

std::string component_markdown(const ComponentInfo& component, const Registry& registry) {
  const Schema& schema = *component.schema;
  std::string page = text("## ", component.name, "\n\n", schema.about, "\n\n");
  if (!schema.source.empty()) page += text("Source: ", schema.source, ". ");
  page += text("Code: ", owner_text(component), ".\n", parameter_table(schema, registry));
  for (const CrossCheck& check : schema.checks) page += text("\nIt must hold that ", check.words, ".\n");
  return page + text("\n```yaml\n", trim(to_yaml(example_of(component, registry))), "\n```\n");
}

std::vector<std::pair<std::string, std::string>> reference_pages(const Registry& registry,
                                                                 const std::vector<ShippedPreset>& presets) {
  std::vector<std::pair<std::string, std::string>> pages;
  std::string index = text(
      made_by,
      "# Reference\n\nEverything that a config can name, a page for each family. `assay describe NAME` "
      "shows the same in a terminal, for what your plugins declare as well.\n\n| family | what | members "
      "|\n| --- | --- | --- |\n");
  for (const FamilyInfo* family : registry.families()) {
    const std::size_t members = registry.list(family->name).size();
    if (members == 0) continue;
    const std::string file = family->plural + ".md";
    index +=
        text("| [", family->plural, "](", file, ") | ", markdown_cell(family->about), " | ", members, " |\n");
    pages.emplace_back(file, family_page(*family, registry));
  }
  if (!presets.empty()) {
    index += text("| [presets](presets.md) | models that come as files | ", presets.size(), " |\n");
    pages.emplace_back("presets.md", presets_page(presets));
  }
  pages.emplace_back("README.md", std::move(index));
  return pages;
}

}  // namespace assay::cli
