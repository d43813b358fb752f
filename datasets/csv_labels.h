// Names in a column of a table, as numbers from 0.
#pragma once

#include <string>
#include <vector>

#include "core/array.h"
#include "datasets/csv_table.h"

namespace assay::datasets {

struct NumberedLabels {
  Array rows;                      // [rows] i64
  std::vector<std::string> names;  // what the numbers 0, 1, ... stand for
};

/// In ascending order of bytes.
NumberedLabels number_labels(const CsvLabels& labels);

/// The target's: numbers by value, where 1 and 1.0 are one class, texts by bytes. Throws Kind::data, naming
/// the file at `path`, if the target holds fractions or a single class.
NumberedLabels number_classes(const CsvTable& table, const std::string& path);

}  // namespace assay::datasets
