#include "runner/config/presets.h"

#include <algorithm>

#include "core/error.h"
#include "core/io/files.h"

namespace assay {
namespace {

constexpr std::string_view suffix = ".yaml";

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  try {
    for (const std::string& file : list_folder(folder)) {
      if (file.ends_with(suffix)) names.push_back(file.substr(0, file.size() - suffix.size()));
    }
  } catch (const Error&) {  // no folder of presets
  }
  return names;
}

}  // namespace

PresetNames find_presets(const std::vector<std::string>& folders, const Registry& registry) {
  PresetNames presets;
  for (const FamilyInfo* family : registry.families()) {
    std::vector<std::string> names;
    for (const std::string& folder : folders) {
      for (std::string& name : names_in(join_path(folder, family->name))) names.push_back(std::move(name));
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    if (!names.empty()) presets.emplace(family->name, std::move(names));
  }
  return presets;
}

}  // namespace assay
