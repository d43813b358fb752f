// Where a walk down a config is, as a chain on its stack: a dotted path that is put together only for a
// message.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/text.h"

namespace assay {

struct TreeStep {
  const TreeStep* above;                  // null at the top
  std::string_view key;                   // of a map
  std::optional<std::size_t> index = {};  // of a list, which has no key
};

/// `model.layers.2`; empty for null, the root.
inline std::string path_of(const TreeStep* step) {
  if (!step) return {};
  const std::string name = step->index ? text(*step->index) : std::string(step->key);
  return step->above ? text(path_of(step->above), '.', name) : name;
}

}  // namespace assay
