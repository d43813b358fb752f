// What went away while a config was composed: by the place of what stands there now, the value that stood
// there before. For `explain`.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/value.h"

namespace assay {

class Replacements {
 public:
  /// `now` took the place of `before` under `key`.
  void add(std::string_view key, const Value& now, const Value& before);

  /// A preset stands where `name` named it: what the name replaced, the preset replaces.
  void move(std::string_view key, const Where& name, const Where& preset);

  /// What the value at this place replaced under this key; null if nothing.
  const Value* find(std::string_view key, const Where& now) const;

 private:
  using Key = std::pair<std::string, std::string>;  // the key, and the place of what stands there
  // Nothing where one value took the place of several, as an alias may: which one cannot be told.
  std::map<Key, std::optional<Value>> before_;
};

}  // namespace assay
