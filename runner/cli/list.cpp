// `assay list`: what a config can name.
#include <algorithm>

#include "core/io/json_text.h"
#include "core/text.h"
#include "runner/cli/command.h"
#include "runner/cli/component_text.h"
#include "runner/cli/plugins.h"
#include "runner/cli/preset_text.h"
#include "runner/cli/table.h"

namespace assay::cli {
namespace {

/// The presets of a family that come with assay.
std::vector<ShippedPreset> of_family(const std::vector<ShippedPreset>& presets, const FamilyInfo& family) {
  std::vector<ShippedPreset> out;
  for (const ShippedPreset& preset : presets) {
    if (preset.family == family.name) out.push_back(preset);
  }
  return out;
}

Json to_json(const Registry& registry, const std::vector<const FamilyInfo*>& families,
             const std::vector<ShippedPreset>& presets) {
  Json json = Json::map();
  for (const FamilyInfo* family : families) {
    Json& components = json.set(family->name, Json::list());
    for (const ComponentInfo* component : registry.list(family->name)) {
      Json one = Json::map();
      one.set("name", component->name);
      one.set("about", component->schema->about);
      one.set("plugin", component->plugin);
      one.set("version", component->plugin_version);
      components.push(std::move(one));
    }
    for (const ShippedPreset& preset : of_family(presets, *family)) {
      components.push(
          Json(Json::Map{{"name", preset.name}, {"about", preset.about}, {"preset", preset.file()}}));
    }
  }
  return json;
}

/// One table for all families, so that their columns line up.
std::string to_text(const Registry& registry, const std::vector<const FamilyInfo*>& families,
                    const std::vector<ShippedPreset>& presets, const Output& out) {
  std::size_t widest = 0;
  for (const FamilyInfo* family : families) {
    for (const std::string& name : registry.names(family->name)) widest = std::max(widest, name.size());
    for (const ShippedPreset& preset : of_family(presets, *family))
      widest = std::max(widest, preset.name.size());
  }
  std::string page;
  for (const FamilyInfo* family : families) {
    Table table({{}, {{}, Table::Align::left, Table::Fit::wrap}});
    for (const ComponentInfo* component : registry.list(family->name)) {
      table.row({component->name + std::string(widest - component->name.size(), ' '),
                 printable(first_sentence(component->schema->about))});
    }
    for (const ShippedPreset& preset : of_family(presets, *family)) {
      table.row({preset.name + std::string(widest - preset.name.size(), ' '),
                 printable(preset.summary() + " (preset)")});
    }
    if (table.is_empty() && families.size() > 1) continue;
    if (!page.empty()) page += '\n';
    page += text(out.paint(Style::bold, family->plural), "  ", out.paint(Style::dim, family->about), '\n');
    page += table.is_empty() ? "  none\n" : table.text(out, 2);
  }
  return page;
}

class List final : public Command {
 public:
  void describe(Syntax& syntax) override {
    syntax.about = "Lists the components and presets that a config can name, by family, with a line on each.";
    syntax.optional_positional("FAMILY", family_, "only this one: dataset, model, layer, optimizer, ...");
    syntax.choice("--format", {"table", "json"}, format_, "table (default) or json");
    syntax.example("assay list", "everything");
    syntax.example("assay list optimizer", "the optimizers");
    syntax.example("assay describe adamw", "then: what one of them takes");
  }

  int run(Session& session) override {
    const Registry registry = known_components();
    const std::vector<const FamilyInfo*> families = chosen(registry);
    const std::vector<ShippedPreset> presets = shipped_presets(registry);
    session.out.write(format_ == "json" ? assay::to_text(to_json(registry, families, presets), 2) + '\n'
                                        : to_text(registry, families, presets, session.out));
    return 0;
  }

 private:
  std::vector<const FamilyInfo*> chosen(const Registry& registry) const {
    if (family_.empty()) return registry.families();
    if (const FamilyInfo* family = registry.find_family(family_)) return {family};
    std::vector<std::string> names;
    for (const FamilyInfo* family : registry.families()) names.push_back(family->name);
    throw Error(Kind::usage, text("list: unknown family '", family_, "'"), suggest(family_, names));
  }

  std::string family_;
  std::string format_ = "table";
};

}  // namespace

std::unique_ptr<Command> make_list() { return std::make_unique<List>(); }

}  // namespace assay::cli
