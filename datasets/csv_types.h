// Which columns of a table hold names, told from their cells: what `categories` need not say.
#pragma once

#include <cstddef>
#include <vector>

#include "datasets/csv.h"
#include "datasets/files.h"

namespace assay::datasets {

/// Names that a column may hold to be taken as a category unasked: each becomes an input.
inline constexpr std::size_t most_inferred_names = 100;

/// Whether a cell is written like a number, if not a good one: `4x`, `1,5`, `2024-01-31`, `-.5`.
bool is_like_number(std::string_view cell);

/// Those of `columns` that hold names: cells that are not missing, and none of them like a number. A column
/// with both is no such column: its names are mistakes until `categories` says otherwise. Reads on only as
/// long as that is open: mostly one row.
std::vector<std::size_t> columns_of_names(const CsvParams& params, const ReadFile& file,
                                          const std::vector<std::size_t>& columns);

}  // namespace assay::datasets
