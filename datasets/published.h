// Data sets that are known byte for byte: where their files may lie, and what they must be. Digests are of
// unpacked bytes, since packed copies with other gzip headers are in circulation.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "datasets/files.h"

namespace assay::datasets {

struct KnownFile {
  std::string_view name;    // without .gz
  std::uint64_t bytes = 0;  // unpacked
  std::string_view sha256;  // of the unpacked bytes, hex
};

struct Publication {
  std::string_view title;                 // "Fashion-MNIST"
  std::string_view place;                 // where it is published, for messages
  std::vector<std::string_view> folders;  // below a data root; the first is the one messages name
  std::vector<KnownFile> files;
};

/// Reads all files of a publication, in its order, each from the first root that has it, packed (.gz) or not.
/// Throws Kind::data with every problem found: files that are missing, truncated, damaged, or other than
/// published.
std::vector<ReadFile> read_published(const Publication& publication, const std::vector<std::string>& roots);

}  // namespace assay::datasets
