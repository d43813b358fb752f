// What differs between two resolved configs, by meaning: key order, short forms and comments do not count.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/json.h"

namespace assay {

struct Difference {
  std::string path;       // dotted: "optimizer.lr"
  std::optional<Json> a;  // nothing: only in b
  std::optional<Json> b;  // nothing: only in a
};

/// Leaf by leaf, in the order of `a`, then what only `b` has. A slot whose component differs is one
/// difference, since the parameters of two components do not compare.
std::vector<Difference> differences(const Json& a, const Json& b);

}  // namespace assay
