// Reading data sets that are known byte for byte (registry/contracts/publication.h).
#pragma once

#include <string>
#include <vector>

#include "datasets/files.h"
#include "registry/contracts/publication.h"

namespace assay::datasets {

/// Reads all files of a publication, in its order, each from the first root that has it, packed (.gz) or not.
/// Throws Kind::data with every problem found: files that are missing, truncated, damaged, or other than
/// published.
std::vector<ReadFile> read_published(const Publication& publication, const std::vector<std::string>& roots);

}  // namespace assay::datasets
