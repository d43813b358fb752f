// What there is to know of image files before they are decoded: sizes, kinds, digests. A file is read once
// for it; of large collections what was found is kept in the user's cache, and a file whose length and time
// of change are still the same is not read again.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/io/image.h"
#include "datasets/files.h"

namespace assay::datasets {

struct ImageFile {
  std::string path;
  std::string name;  // within the folder of the collection
};

struct ScannedImage {
  ImageHeader header;
  std::string sha256;
  std::uint64_t bytes = 0;
};

struct ImageScan {
  std::vector<ScannedImage> images;  // of every file; of those with a fault without meaning
  /// Problems by place in the list of files, in its order.
  std::vector<std::pair<std::size_t, Problem>> faults;
};

/// Reads headers and finds damage. decodes: decodes every image too, which finds all damage.
/// cache: a folder for what was found, or empty; only used for collections above `least_cached_bytes`.
ImageScan scan_images(const std::vector<ImageFile>& files, bool decodes, const std::string& cache);
constexpr std::uint64_t least_cached_bytes = std::uint64_t{64} << 20U;

/// What the record keeps of a collection of files: its folder, the length of all, and the SHA-256 of a line
/// `sha256  name` for each, as sha256sum prints them, in the order of the list.
DataFile manifest_of(const std::string& folder, const std::vector<ImageFile>& files,
                     const std::vector<ScannedImage>& images);

}  // namespace assay::datasets
