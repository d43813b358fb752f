#include "runner/cli/config_arguments.h"

#include <algorithm>
#include <utility>

#include "core/text.h"
#include "runner/cli/plugins.h"
#include "runner/cli/shipped_data.h"

namespace assay::cli {

namespace {

bool is_override(const std::string& word) {
  return word.find('=') != std::string::npos || word.starts_with('~');
}

}  // namespace

void ConfigArguments::describe(Syntax& syntax) {
  describe(syntax, "key=value", "replaces a value: optimizer.lr=3e-4, model=lenet, metrics+=accuracy");
}

void ConfigArguments::describe(Syntax& syntax, std::string rest_name, std::string rest_doc) {
  syntax.positional("CONFIG", file_, "the experiment, a YAML file");
  syntax.rest(std::move(rest_name), overrides_, std::move(rest_doc));
  syntax.repeatable("--unset", "KEY", unset_,
                    "takes a key out of the config, so that its default holds; repeatable");
  syntax.repeatable("--config-path", "DIR", config_path_,
                    "a folder with presets, before those of ASSAY_CONFIG_PATH; repeatable");
}

std::vector<std::string> ConfigArguments::take_keys() {
  const auto first_key = std::stable_partition(overrides_.begin(), overrides_.end(), is_override);
  std::vector<std::string> keys(first_key, overrides_.end());
  overrides_.erase(first_key, overrides_.end());
  return keys;
}

LoadedConfig ConfigArguments::load_file(Registry& registry) const {
  return load_with_plugins({.file = file_, .config_path = config_path_, .shipped_presets = shipped_configs()},
                           registry);
}

void ConfigArguments::require_overrides() const {
  for (const std::string& override : overrides_) {
    if (is_override(override)) continue;
    throw Error(Kind::usage, text("'", override, "' is no override"),
                "write key=value, as optimizer.lr=3e-4");
  }
}

LoadedConfig ConfigArguments::load(Registry& registry) const {
  require_overrides();
  return load_with_plugins(request(), registry);
}

ConfigRequest ConfigArguments::request() const {
  return {file_, overrides_, unset_, config_path_, shipped_configs()};
}

std::string ConfigArguments::command_text() const {
  std::string out = shell_quoted(file_);
  for (const std::string& override : overrides_) out += ' ' + shell_quoted(override);
  for (const std::string& key : unset_) out += " --unset " + shell_quoted(key);
  for (const std::string& folder : config_path_) out += " --config-path " + shell_quoted(folder);
  return out;
}

std::string shell_quoted(const std::string& word) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=+./:,@%";
  if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) return word;
  std::string quoted = "'";
  for (const char c : word) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + '\'';
}

}  // namespace assay::cli
