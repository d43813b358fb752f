// The files that a config is composed from, each read once. A Composition keeps them: the variants of a sweep
// see the same texts, whoever edits a file meanwhile, and touch no disk.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/value.h"
#include "runner/config/source.h"

namespace assay {

struct ConfigFile {
  enum class State {
    missing,
    folder,
    special,     // a device or a pipe, which may have no end
    unreadable,  // too large, or the system refuses
    read
  };
  State state = State::missing;
  SourceText source;              // if it was read
  std::optional<Value> value;     // if it is YAML and not empty
  std::vector<Problem> problems;  // with its text; what a name leads to is the caller's to report
};

/// Safe to use from several threads.
class ConfigFiles {
 public:
  /// preset_folders: with presets in `<family>/<name>.yaml`, first match wins. known: files that are not read
  /// from the disk.
  explicit ConfigFiles(std::vector<std::string> preset_folders, const std::vector<SourceText>& known = {});

  /// is_users_choice: the file that was asked for may be a device or a pipe.
  std::shared_ptr<const ConfigFile> read(const std::string& file, bool is_users_choice);

  /// The file of a preset, if there is one.
  std::optional<std::string> find_preset(const std::string& family, const std::string& name);

  /// Of all folders, in their order. Looks again each time: it is for hints.
  std::vector<std::string> preset_names(const std::string& family) const;

 private:
  const std::vector<std::string> preset_folders_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const ConfigFile>> files_;
  std::map<std::pair<std::string, std::string>, std::optional<std::string>> presets_;  // by family and name
};

/// The YAML files in a folder, sorted; none if it cannot be read.
std::vector<std::string> yaml_files(const std::string& folder);

/// The smallest config that runs, for hints: five lines.
std::string smallest_config(const std::string& indent);

}  // namespace assay
