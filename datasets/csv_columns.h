// What the columns of a table hold, whether or not a model sees them.
#pragma once

#include <vector>

#include "datasets/csv.h"
#include "datasets/files.h"
#include "registry/contracts/table_columns.h"

namespace assay::datasets {

/// Of all rows that have as many cells as the first. The type of a column is inferred from its cells, missing
/// ones aside.
std::vector<TableColumn> csv_columns(const CsvParams& params, const ReadFile& file);

}  // namespace assay::datasets
