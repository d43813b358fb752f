// The small data sets that come with assay.
#pragma once

#include <string>

namespace assay::cli {

/// share/assay beside an installed libassay, else datasets/data of the tree that this was built from.
std::string shipped_data();

}  // namespace assay::cli
