#include "core/io/file_stamp.h"

#include <sys/stat.h>

namespace assay {

std::optional<FileStamp> file_stamp(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0 || S_ISDIR(info.st_mode)) return std::nullopt;
  constexpr std::int64_t ns_per_s = 1'000'000'000;
  return FileStamp{static_cast<std::uint64_t>(info.st_size),
                   static_cast<std::int64_t>(info.st_mtim.tv_sec) * ns_per_s + info.st_mtim.tv_nsec};
}

}  // namespace assay
