// One config out of several files: what it extends, the presets its slots name, its own `overrides:`.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/value.h"
#include "runner/config/config_files.h"
#include "runner/config/guide.h"
#include "runner/config/overrides.h"
#include "runner/config/replacements.h"
#include "runner/config/source.h"
#include "runner/config/tree_step.h"

namespace assay {

/// Composes each file once, however often it is reached, and remembers how it was reached, so that a problem
/// in it can tell. Problems are collected; what stands on a file that cannot be read is not composed.
class Composer {
 public:
  Composer(const Registry& registry, std::shared_ptr<ConfigFiles> files, std::vector<Problem>& problems)
      : registry_(registry),
        files_(std::move(files)),
        problems_(problems),
        overrides_(Guide::experiment(registry), problems, replaced_.get()) {}
  /// Goes on where `other` is, with the same files; its problems go elsewhere, and what it replaces is not
  /// logged.
  Composer(const Composer& other, std::vector<Problem>& problems);

  /// The experiment in `file`. Nothing if it or something it stands on could not be read.
  std::optional<Value> compose(const std::string& file);

  /// Puts presets in the place of the names that slots below a top-level key give them; what stands beside
  /// the name goes over the preset. Below the other keys that was done by compose().
  void resolve_presets(Value& config, const std::string& key);

  /// Reports slots that name neither a component nor a preset where there are presets to offer; bind knows
  /// none.
  void check_names(Value& config);

  /// True once a preset could not be read: what stands on it cannot be judged.
  bool has_failed() const { return has_failed_; }

  /// What `overrides:` of the files put off.
  const Overrides& overrides() const { return overrides_; }

  /// What files and presets replaced.
  std::shared_ptr<const Replacements> replaced() const { return replaced_; }
  /// To add to it; null in a copy.
  Replacements* log() { return is_copy_ ? nullptr : replaced_.get(); }

  /// Every file that was read, in that order.
  std::vector<SourceText> sources() const;
  /// Adds to problems in files that others led to: "extended from a.yaml:2:10".
  void add_chains(std::vector<Problem>& problems) const;

 private:
  struct Reached {
    std::string how;  // "extended from", "preset of"
    Where from;       // unknown for the file that was asked for
  };

  std::optional<Value> compose_file(const std::string& file, const Reached& reached, const Guide& guide);
  std::optional<Value> read_source(const std::string& file, const Reached& reached);
  void report_missing(const std::string& file, const Reached& reached, bool is_folder);
  void report_circle(const std::string& file, const Reached& reached);
  bool extend(Value& own, const std::string& file, const Guide& guide);
  void apply_own_overrides(Value& config, const Guide& guide);
  void resolve(Value& node, const Guide& guide, std::string_view key);
  void resolve_slot(Value& node, const Guide& guide, std::string_view key);
  void check_name(Value& node, const Guide& guide, const TreeStep* step);
  bool refuse_unknown(Value& slot, const Guide& guide, const TreeStep* step);
  void refuse_shadowing(const std::string& family, const std::string& name);

  const Registry& registry_;
  std::shared_ptr<ConfigFiles> files_;
  std::vector<Problem>& problems_;
  std::shared_ptr<Replacements> replaced_ = std::make_shared<Replacements>();
  bool is_copy_ = false;
  Overrides overrides_;
  std::vector<std::shared_ptr<const ConfigFile>> sources_;
  std::map<std::string, Reached> reached_;                        // by file
  std::map<std::string, std::shared_ptr<const Value>> composed_;  // by file and family; null if it failed
  std::vector<std::string> open_;                                 // files being composed, outermost first
  bool has_failed_ = false;
};

/// The folders to look for presets in: those given, ASSAY_CONFIG_PATH, then `configs/` beside the file or in
/// the nearest folder above it that has one, then `shipped` unless it is empty.
std::vector<std::string> preset_folders(const std::vector<std::string>& given, const std::string& file,
                                        const std::string& shipped);

}  // namespace assay
