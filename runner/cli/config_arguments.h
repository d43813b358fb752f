// CONFIG and its overrides: what every command on a config takes.
#pragma once

#include <string>
#include <vector>

#include "runner/cli/output.h"
#include "runner/cli/syntax.h"
#include "runner/config/load.h"

namespace assay::cli {

class ConfigArguments {
 public:
  void describe(Syntax& syntax);
  /// For commands that take keys among the overrides: what the arguments after CONFIG are called, and their
  /// doc.
  void describe(Syntax& syntax, std::string rest_name, std::string rest_doc);

  /// The words after CONFIG that are no overrides, taken out.
  std::vector<std::string> take_keys();

  /// Throws Kind::config with every problem, Kind::usage for an override that is none. Prints nothing.
  /// The plugins that CONFIG names are added to the registry, into which what is returned points.
  LoadedConfig load(Registry& registry) const;
  /// CONFIG without what the command line changes.
  LoadedConfig load_file(Registry& registry) const;

  /// Throws Kind::usage for a word after CONFIG that is no override.
  void require_overrides() const;
  /// What `load` loads.
  ConfigRequest request() const;
  const std::string& file() const { return file_; }
  bool has_changes() const { return !overrides_.empty() || !unset_.empty(); }
  /// CONFIG and everything that changes it, as one would type it again.
  std::string command_text() const;

 private:
  std::string file_;
  std::vector<std::string> overrides_;
  std::vector<std::string> unset_;
  std::vector<std::string> config_path_;
};

/// A word as a POSIX shell must be given it: in single quotes if anything in it is special.
std::string shell_quoted(const std::string& word);

}  // namespace assay::cli
