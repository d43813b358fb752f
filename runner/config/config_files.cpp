#include "runner/config/config_files.h"

#include <filesystem>

#include "core/io/files.h"
#include "core/text.h"
#include "runner/config/read_yaml.h"

namespace assay {
namespace {

bool is_yaml(const std::string& name) { return name.ends_with(".yaml") || name.ends_with(".yml"); }

ConfigFile::State state_of(const std::string& file, bool is_users_choice) {
  if (!exists(file)) return ConfigFile::State::missing;
  if (is_folder(file)) return ConfigFile::State::folder;
  const bool is_plain = is_users_choice || std::filesystem::is_regular_file(file);
  return is_plain ? ConfigFile::State::read : ConfigFile::State::special;
}

// Nothing, with a problem, if there is no reading it.
std::optional<std::string> text_of(const std::string& file, std::vector<Problem>& problems) {
  constexpr std::size_t most = YamlLimits{}.bytes;
  try {
    const std::uint64_t bytes = file_size(file);
    if (bytes <= most) return read_file(file);
    problems.push_back(
        {Where::path(file),
         {},
         text("is ", bytes_text(bytes), ", larger than a config may be (", bytes_text(most), ')'),
         "is this a config?"});
  } catch (const Error& error) {
    for (const Problem& problem : error.problems()) problems.push_back(problem);
  }
  return std::nullopt;
}

// From its text on.
void parse(const std::string& file, ConfigFile& made) {
  made.value = read_yaml(made.source.text, std::make_shared<const std::string>(file), made.problems);
  if (made.value && made.value->is_null()) {
    made.problems.push_back(
        {Where::path(file), {}, "is empty", "the smallest config is\n" + smallest_config("    ")});
    made.value.reset();
  }
}

ConfigFile read_config_file(const std::string& file, bool is_users_choice) {
  ConfigFile made;
  made.state = state_of(file, is_users_choice);
  if (made.state != ConfigFile::State::read) return made;
  std::optional<std::string> read = text_of(file, made.problems);
  if (!read) {
    made.state = ConfigFile::State::unreadable;
    return made;
  }
  made.source = {file, std::move(*read)};
  parse(file, made);
  return made;
}

}  // namespace

ConfigFiles::ConfigFiles(std::vector<std::string> preset_folders, const std::vector<SourceText>& known)
    : preset_folders_(std::move(preset_folders)) {
  for (const SourceText& source : known) {
    ConfigFile made;
    made.state = ConfigFile::State::read;
    made.source = source;
    parse(source.name, made);
    files_.emplace(source.name, std::make_shared<const ConfigFile>(std::move(made)));
  }
}

std::shared_ptr<const ConfigFile> ConfigFiles::read(const std::string& file, bool is_users_choice) {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<const ConfigFile>& known = files_[file];
  if (!known) known = std::make_shared<const ConfigFile>(read_config_file(file, is_users_choice));
  return known;
}

std::optional<std::string> ConfigFiles::find_preset(const std::string& family, const std::string& name) {
  const std::lock_guard lock(mutex_);
  const auto [known, is_new] = presets_.try_emplace({family, name});
  if (!is_new) return known->second;
  for (const std::string& folder : preset_folders_) {
    std::string file = join_path(join_path(folder, family), name + ".yaml");
    if (!files_.contains(file) && !exists(file)) continue;
    known->second = std::move(file);
    break;
  }
  return known->second;
}

std::vector<std::string> ConfigFiles::preset_names(const std::string& family) const {
  std::vector<std::string> names;
  for (const std::string& folder : preset_folders_) {
    for (const std::string& file : yaml_files(join_path(folder, family))) {
      if (file.ends_with(".yaml")) names.push_back(file.substr(0, file.size() - 5));
    }
  }
  return names;
}

std::vector<std::string> yaml_files(const std::string& folder) {
  std::vector<std::string> out;
  try {
    for (std::string& name : list_folder(folder)) {
      if (is_yaml(name)) out.push_back(std::move(name));
    }
  } catch (const Error&) {  // hints go without
  }
  return out;
}

std::string smallest_config(const std::string& indent) {
  return text(indent, "assay: 1\n", indent, "dataset: digits\n", indent, "model: mlp\n", indent,
              "optimizer: adamw\n", indent, "train: {until: 20 epochs}");
}

}  // namespace assay
