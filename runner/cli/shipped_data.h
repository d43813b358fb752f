// What comes with assay: small data sets and presets.
#pragma once

#include <string>

namespace assay::cli {

/// share/assay beside an installed libassay, else datasets/data of the tree that this was built from.
std::string shipped_data();

/// The folder with its presets: share/assay/configs, else configs of that tree. Absolute.
std::string shipped_configs();

}  // namespace assay::cli
