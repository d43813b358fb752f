// Which parameters of a metric are in the names of the series that it gives: `top_k_5` has its `k`. A run
// records one series of a name, so two metrics of one type must differ in such a parameter; `check` looks at
// that.
//
//   f("k", &TopKParams::k, "how many classes are looked at", in_series_name(at_least(1)));
#pragma once

#include <algorithm>
#include <string_view>

#include "registry/schema.h"

namespace assay {

inline constexpr std::string_view series_name_keyword = "x-in-series-name";

/// The same rule; the parameter that has it is in the names. JSON Schema leaves words with `x-` to whoever
/// knows them.
inline Rule in_series_name(Rule rule) {
  rule.schema.set(series_name_keyword, true);
  return rule;
}

inline bool is_in_series_name(const FieldInfo& field) {
  return std::any_of(field.rules.begin(), field.rules.end(),
                     [](const Rule& rule) { return rule.schema.find(series_name_keyword) != nullptr; });
}

}  // namespace assay
