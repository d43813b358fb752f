// How a dotted path goes down a tree of maps and lists: the same for what was written (Value) and what it
// means (Json).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/text.h"

namespace assay {

inline std::string path_below(const std::string& path, std::string_view key) {
  return path.empty() ? std::string(key) : text(path, '.', key);
}

/// The node under `a.b.2.c` (numbers index lists), or null. Node has is_list(), items() and find(key).
template <class Node>
const Node* find_by_path(const Node& root, std::string_view path) {
  const Node* node = &root;
  while (node && !path.empty()) {
    const std::size_t dot = path.find('.');
    const std::string_view key = path.substr(0, dot);
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
    if (node->is_list()) {
      const auto index = parse_integer(key);
      const bool inside = index && *index >= 0 && *index < static_cast<std::int64_t>(node->items().size());
      node = inside ? &node->items()[static_cast<std::size_t>(*index)] : nullptr;
    } else {
      node = node->find(key);
    }
  }
  return node;
}

}  // namespace assay
