// Why every value of a config is what it is: its place, its declaration, and what the command line replaced.
#pragma once

#include <optional>
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
  std::optional<Replaced> replaced = {};
};

/// Every value, in the order of the resolved config; a list of numbers or texts is one. Points into the
/// registry.
std::vector<Explanation> explain(const LoadedConfig& config, const Registry& registry);

/// The same; `before` is the config as its files alone make it: where it had another value, or the same one
/// from another place, that is what was replaced.
std::vector<Explanation> explain(const LoadedConfig& config, const LoadedConfig& before,
                                 const Registry& registry);

}  // namespace assay
