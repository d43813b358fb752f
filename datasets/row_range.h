#pragma once

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

namespace assay::datasets {

/// from, from + 1, ..., to - 1.
inline std::vector<std::int64_t> rows_between(std::int64_t from, std::int64_t to) {
  std::vector<std::int64_t> rows(static_cast<std::size_t>(to - from));
  std::iota(rows.begin(), rows.end(), from);
  return rows;
}

}  // namespace assay::datasets
