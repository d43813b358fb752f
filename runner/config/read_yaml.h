// YAML text to Values that know their places. This is the only file that sees yaml-cpp, by its event
// interface: it keeps positions, duplicates and quoting, which nodes lose.
//
// What is read is YAML 1.2 without the parts that a config does not need and a stranger could abuse: one
// document, keys that are texts, no tags but !secret, no merge keys, and bounds on size, depth and aliases. A
// scalar stays the text that was written; what it means is decided when it is bound.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/value.h"

namespace assay {

/// Bounds on one text: far above what people write, low enough that a hostile file costs little.
struct YamlLimits {
  std::size_t bytes = 16u << 20;
  std::size_t nodes = 100'000;  // aliases count as often as they are used
  std::size_t flow_marks =
      300'000;  // , [ ] { }: yaml-cpp keeps a token for each until the outermost bracket closes
  std::size_t keys_in_a_map = 10'000;
  int depth = 100;
};

/// Reads one document. A text without content gives a null. Problems that do not hide the rest (a key twice,
/// an unknown tag) are added and reading goes on; after one that does (a broken bracket), nothing is
/// returned. name: the file's, shared by the places of all values.
std::optional<Value> read_yaml(std::string_view text, const std::shared_ptr<const std::string>& name,
                               std::vector<Problem>& problems);

/// The same for a value on the command line: every node's place is `argument`.
std::optional<Value> read_yaml_argument(std::string_view text, const Where& argument,
                                        std::vector<Problem>& problems);

}  // namespace assay
