// Why every value of a config is what it is: its place, its declaration, and what it replaced - in a file
// that others build on, in a preset, or on the command line.
#pragma once

#include <string>
#include <vector>

#include "core/json.h"
#include "core/where.h"
#include "registry/schema.h"
#include "runner/config/load.h"

namespace assay {

struct Explanation {
  struct Replaced {
    Json value;
    Where where;
  };
  std::string path;  // dotted: "optimizer.lr"
  Json value;
  Where where;
  const FieldInfo* field = nullptr;  // of `type`, the slot's; null for what is not declared
  /// What stood there before, the latest first. Of a component or a list that was replaced as a whole, it
  /// stands with the first value in it.
  std::vector<Replaced> replaced = {};
  /// "in block 'dense' of a.yaml:3:12, used at a.yaml:5:9", and the blocks around it.
  std::vector<std::string> blocks = {};
};

/// Every value, in the order of the resolved config; a list of numbers or texts is one. Points into the
/// registry.
std::vector<Explanation> explain(const LoadedConfig& config, const Registry& registry);

/// The same; `before` is the config as its files alone make it: where it had another value, or the same one
/// from another place, the command line replaced that.
std::vector<Explanation> explain(const LoadedConfig& config, const LoadedConfig& before,
                                 const Registry& registry);

}  // namespace assay
