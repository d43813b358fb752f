// What tells that a file is still the one that was read, without reading it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace assay {

struct FileStamp {
  std::uint64_t bytes = 0;
  std::int64_t changed_ns = 0;  // since 1970, by the file system's clock
  bool operator==(const FileStamp&) const = default;
};

/// Nothing if there is no file, or it is a folder.
std::optional<FileStamp> file_stamp(const std::string& path);

}  // namespace assay
