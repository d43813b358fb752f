// What the parts of a page's data share.
#pragma once

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "core/json.h"

namespace assay::report {

/// In seven digits, which is more than a screen shows: a third of the bytes.
inline Json rounded(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.7g", value);
  return std::strtod(buffer, nullptr);
}

inline Json or_null(double value) { return std::isfinite(value) ? Json(value) : Json(); }
inline Json or_null(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

}  // namespace assay::report
