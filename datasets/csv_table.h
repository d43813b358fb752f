// The rows of a text file as numbers and labels, before it is decided what the labels mean.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "datasets/csv.h"
#include "datasets/files.h"

namespace assay::datasets {

struct CsvTable {
  std::int64_t rows = 0;
  std::vector<float> inputs;         // [rows, inputs]
  std::vector<float> values;         // [rows], regression: the target
  std::vector<std::int64_t> labels;  // [rows], classification: numbers in the order in which labels appear
  std::map<std::string, std::int64_t, std::less<>> label_numbers;
  std::string target;  // the target column, for messages: "column 4 ('species')"
};

/// Throws Kind::data with up to ten problems, each with its line, if the table is not what the parameters
/// say. What is wrong with a column in the same way in more than three rows is one problem.
CsvTable read_csv_table(const CsvParams& params, const ReadFile& file);

/// Text from a file, for messages: printable, and not too long.
std::string shortened(std::string_view text);

}  // namespace assay::datasets
