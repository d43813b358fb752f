#include "runner/cli/preset_text.h"

#include <memory>
#include <optional>
#include <utility>

#include "core/io/files.h"
#include "core/text.h"
#include "registry/schema.h"
#include "runner/cli/shipped_data.h"
#include "runner/config/presets.h"
#include "runner/config/read_yaml.h"

namespace assay::cli {
namespace {

/// The lines that begin with `#`, up to the first that does not, as one.
std::string leading_comment(const std::string& file) {
  std::string words;
  for (const std::string& line : split(file, '\n')) {
    if (!line.starts_with('#')) break;
    if (!words.empty()) words += ' ';
    words += trim(std::string_view(line).substr(1));
  }
  return words;
}

std::optional<ShippedPreset> read_preset(const std::string& family, const std::string& name) {
  ShippedPreset preset{family, name, {}, {}, Json::map()};
  const std::string file = join_path(shipped_configs(), text(family, '/', name, ".yaml"));
  const std::string content = read_file(file);
  std::vector<Problem> problems;
  const auto value = read_yaml(content, std::make_shared<const std::string>(file), problems);
  const Value* type = value ? value->find("type") : nullptr;
  if (!type || !type->is_scalar()) return std::nullopt;
  preset.base = type->text();
  preset.about = leading_comment(content);
  Json use(Json::Map{{"type", name}});
  if (const Value* with = value->find("with")) use.set("with", to_json(*with));
  preset.example.set(family, std::move(use));
  return preset;
}

}  // namespace

std::string ShippedPreset::file() const { return text("configs/", family, '/', name, ".yaml"); }

std::string ShippedPreset::summary() const { return about.substr(0, about.find(": ")); }

std::vector<ShippedPreset> shipped_presets(const Registry& registry) {
  std::vector<ShippedPreset> presets;
  for (const auto& [family, names] : find_presets({shipped_configs()}, registry)) {
    for (const std::string& name : names) {
      try {
        if (auto preset = read_preset(family, name)) presets.push_back(std::move(*preset));
      } catch (const Error&) {  // unreadable: what a config makes of it, `check` says
      }
    }
  }
  return presets;
}

}  // namespace assay::cli
