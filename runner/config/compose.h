// One config out of several files: what it extends, the presets its slots name, its own `overrides:`.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/value.h"
#include "runner/config/guide.h"
#include "runner/config/overrides.h"
#include "runner/config/source.h"

namespace assay {

/// Reads each file once, however often it is reached, and remembers how it was reached, so that a problem in
/// it can tell. Problems are collected; what stands on a file that cannot be read is not composed.
class Composer {
 public:
  /// config_path: folders with presets in `<family>/<name>.yaml`, first match wins.
  Composer(const Registry& registry, std::vector<std::string> config_path, std::vector<Problem>& problems)
      : registry_(registry),
        config_path_(std::move(config_path)),
        problems_(problems),
        overrides_(Guide::experiment(registry), problems) {}

  /// The experiment in `file`. Nothing if it or something it stands on could not be read.
  std::optional<Value> compose(const std::string& file);

  /// Puts presets in the place of the names that slots give them; what stands beside the name goes over the
  /// preset.
  void resolve_presets(Value& config);

  /// Reports slots that name neither a component nor a preset where there are presets to offer; bind knows
  /// none.
  void check_names(Value& config);

  /// True once a preset could not be read: what stands on it cannot be judged.
  bool has_failed() const { return has_failed_; }

  /// What `overrides:` of the files put off.
  Overrides& overrides() { return overrides_; }

  const std::vector<SourceText>& sources() const { return sources_; }
  /// Adds to problems in files that others led to: "extended from a.yaml:2:10".
  void add_chains(std::vector<Problem>& problems) const;

 private:
  struct Reached {
    std::string how;  // "extended from", "preset of"
    Where from;       // unknown for the file that was asked for
  };

  std::optional<Value> compose_file(const std::string& file, const Reached& reached, const Guide& guide);
  std::optional<Value> read_source(const std::string& file, const Reached& reached);
  void report_unreadable(const std::string& file, const Reached& reached);
  void report_circle(const std::string& file, const Reached& reached);
  bool extend(Value& own, const std::string& file, const Guide& guide);
  void apply_own_overrides(Value& config, const Guide& guide);
  void resolve(Value& node, const Guide& guide);
  void resolve_slot(Value& node, const Guide& guide);
  std::optional<std::string> find_preset(const std::string& family, const std::string& name) const;
  void check_name(Value& node, const Guide& guide, const std::string& path);
  std::vector<std::string> preset_names(const std::string& family) const;
  void refuse_shadowing(const std::string& family, const std::string& name);

  const Registry& registry_;
  std::vector<std::string> config_path_;
  std::vector<Problem>& problems_;
  Overrides overrides_;
  std::vector<SourceText> sources_;
  std::map<std::string, Reached> reached_;                // by file
  std::map<std::string, std::optional<Value>> composed_;  // by file and family
  std::vector<std::string> open_;                         // files being composed, outermost first
  std::map<std::string, bool> shadowing_checked_;         // by family/name
  bool has_failed_ = false;
};

/// The folders to look for presets in: those given, ASSAY_CONFIG_PATH, then `configs/` beside the file or in
/// the nearest folder above it that has one.
std::vector<std::string> preset_folders(const std::vector<std::string>& given, const std::string& file);

/// The smallest config that runs, for hints: five lines.
std::string smallest_config(const std::string& indent);

}  // namespace assay
