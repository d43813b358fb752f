// A file as memory, without reading it first: for files that may be larger than memory. Reading the bytes of
// a file that becomes shorter meanwhile ends the process, so they are for a process apart
// (core/io/in_child.h); read_at() reads safely.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace assay {

class MappedFile {
 public:
  /// Throws Kind::data if it is no file, or cannot be read.
  explicit MappedFile(std::string path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::string_view bytes() const { return {data_, size_}; }
  /// Copies bytes of the file. Several threads may call it at once. Throws Kind::data if they are not there.
  void read_at(std::uint64_t offset, std::byte* out, std::size_t size) const;

 private:
  std::string path_;
  int fd_ = -1;
  const char* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace assay
