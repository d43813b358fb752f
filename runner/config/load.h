// The config pipeline: read -> compose -> override -> defaults -> interpolate -> bind. One call from a file
// and a command line to a checked experiment, or to every problem in it.
//
//   const LoadedConfig config =
//       load_config({.file = "configs/digits.yaml", .overrides = {"optimizer.lr=3e-4"}}, registry);
//   std::cout << to_yaml(config.resolved);
//
// Nothing is touched but YAML files: no data, no device, no record.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/json.h"
#include "core/value.h"
#include "registry/contracts/experiment.h"
#include "runner/config/blocks.h"
#include "runner/config/replacements.h"
#include "runner/config/source.h"

namespace assay {

struct ConfigRequest {
  std::string file;
  std::vector<std::string> overrides = {};  // "a.b=v", "a.list+=v", "~a.b", in the order of the command line
  std::vector<std::string> unset = {};      // "a.b": removed before the overrides are applied
  std::vector<std::string> config_path = {};  // folders with presets, looked at before ASSAY_CONFIG_PATH
  std::string shipped_presets = {};           // the folder that comes with assay, looked at last
  /// Files as they were, by the names under which they are asked for: not read from the disk again.
  std::vector<SourceText> texts = {};
};

/// What a run needs.
struct BoundConfig {
  /// Points into the registry, which must outlive it.
  Experiment experiment;
  /// What was written, implied and left at its default, every node with its place.
  Value composed;
  /// The blocks that the model uses, written out in `composed`.
  BlockUses blocks;
  std::vector<Problem> warnings;
};

/// Beyond that, what is shown and recorded.
struct LoadedConfig : BoundConfig {
  /// Every parameter with its value: what `show` prints and a record keeps. Read as a config, it is the same
  /// experiment.
  Json resolved;
  /// `resolved` without what does not change a number: not_identity keys, paths, the device's index.
  Json identity;
  /// {"optimizer.lr": "configs/digits.yaml:9:31", "seed": "default of experiment", ...}: for every leaf of
  /// `composed`.
  Json provenance;
  /// What files and presets replaced in one another, and the command line in them.
  std::shared_ptr<const Replacements> replaced;
  /// Every file that was read, the one that was asked for first.
  std::vector<SourceText> sources;
};

/// Throws Error(Kind::config) with every problem found, sorted by place. Warnings ride along in either case.
/// For many variants of one file there is Composition (runner/config/composition.h).
LoadedConfig load_config(const ConfigRequest& request, const Registry& registry);

}  // namespace assay
