// Globs on dotted parameter names, as `match: ["*bn*", "*bias"]` or `match: "*bias"`. `*` also crosses dots,
// `?` is one character.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "registry/fields.h"

namespace assay {

struct Globs {
  std::vector<std::string> items;

  /// True if any of them does.
  bool match(std::string_view name) const;
};

/// What to write in place of a glob that matches none of `names`: "did you mean '*weight'?", or which names
/// there are.
std::string suggest_glob(std::string_view glob, const std::vector<std::string>& names);

template <>
struct Codec<Globs> {
  static TypeInfo type() {
    TypeInfo info = Codec<std::vector<std::string>>::type();
    info.takes_one = true;
    return info;
  }
  static bool read(const Value& value, Globs& out, BindContext& context) {
    if (value.is_list()) return Codec<std::vector<std::string>>::read(value, out.items, context);
    out.items.resize(1);
    return read_scalar(value, out.items.front(), context);
  }
  static Json write(const Globs& value) { return Codec<std::vector<std::string>>::write(value.items); }
};

}  // namespace assay
