// Rows by what a column says of them, and the parts of a split that keep together what belongs together.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "registry/contracts/dataset.h"

namespace assay::splits {

using Rows = std::vector<std::int64_t>;

/// Throws Kind::config for `key` (as `group`) if there is no column of that name with one number a row.
std::size_t label_column(const Dataset& dataset, const std::string& name, const std::string& key);

/// The rows with each value of a column with one number a row, in ascending order of the values; the rows of
/// each keep their order.
std::vector<Rows> rows_by_value(const Dataset& dataset, std::size_t column, const Rows& rows);

/// The rows of each class. Throws Kind::config for dataset.split.stratify if the target has no classes.
std::vector<Rows> rows_by_class(const Dataset& dataset, const Rows& rows);

/// All rows, in an order drawn by `seed`.
Rows shuffled_rows(const Dataset& dataset, std::int64_t seed);

}  // namespace assay::splits
