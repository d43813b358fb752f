// The examples of a page of the documentation.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/text.h"

namespace assay::testing {

struct Block {
  int line = 0;
  std::string text;
};

/// What stands between ```language and ```.
inline std::vector<Block> blocks_of(std::string_view language, const std::string& markdown) {
  const std::string fence = text("```", language);
  std::vector<Block> blocks;
  bool is_inside = false;
  int line_number = 0;
  for (const std::string& line : split(markdown, '\n')) {
    ++line_number;
    if (line == fence) {
      blocks.push_back({line_number, {}});
      is_inside = true;
    } else if (line == "```") {
      is_inside = false;
    } else if (is_inside) {
      blocks.back().text += line + '\n';
    }
  }
  return blocks;
}

}  // namespace assay::testing
