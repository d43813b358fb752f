// A place in a loaded config: its typed value, the node that it was bound from, and what is declared about
// it. Walks down from the root, as explaining a config and shortening it do.
#pragma once

#include <string>

#include "core/json.h"
#include "core/value.h"
#include "runner/config/guide.h"
#include "runner/config/load.h"

namespace assay {

struct ConfigPlace {
  std::string path;  // dotted; empty for the root
  const Json* value;
  const Value* node;  // null where nothing was composed: an optional value that nobody gave
  Guide guide;
  const FieldInfo* field = nullptr;  // the nearest declaration: of an item, its list's; of `type`, its slot's
  std::string owner;                 // who declares the fields here: "experiment", "optimizer/adamw"

  /// Points into `loaded` and `registry`.
  static ConfigPlace root(const LoadedConfig& loaded, const Registry& registry);
  /// `child` is the value under `key` of this place, or its item at that number.
  ConfigPlace below(const std::string& key, const Json& child) const;
  /// Where the value comes from.
  Where where() const;
  /// True for what is explained as one: scalars, and lists that hold no maps.
  bool is_leaf() const;
};

}  // namespace assay
