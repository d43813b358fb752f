// Points one by one, from a CSV file: the first row names keys, every other row is a point.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/value.h"

namespace assay::sweep {

/// text: RFC 4180, with comma and double quotes. Cells are YAML, so that "[64, 64]" is a list. Every value
/// has its line in the file; name: the file's. Problems are added.
std::vector<Value> read_points(std::string_view text, const std::string& name,
                               std::vector<Problem>& problems);

}  // namespace assay::sweep
