#include "core/io/mapped_file.h"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/error.h"
#include "core/io/file_errors.h"

namespace assay {

MappedFile::MappedFile(std::string path) : path_(std::move(path)) {
  fd_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // a pipe that nobody writes is no wait
  struct stat info {};
  const bool is_open = fd_ >= 0 && ::fstat(fd_, &info) == 0;
  int error = is_open ? (S_ISDIR(info.st_mode) ? EISDIR : S_ISREG(info.st_mode) ? 0 : EINVAL) : errno;
  if (error == 0 && info.st_size > 0) {
    size_ = static_cast<std::size_t>(info.st_size);
    void* data = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, fd_, 0);
    if (data == MAP_FAILED) error = errno;
    data_ = data == MAP_FAILED ? nullptr : static_cast<const char*>(data);
  }
  if (error == 0) return;
  if (fd_ >= 0) ::close(fd_);
  fail_read(path_, error);
}

MappedFile::~MappedFile() {
  if (data_) ::munmap(const_cast<char*>(data_), size_);
  ::close(fd_);
}

void MappedFile::read_at(std::uint64_t offset, std::byte* out, std::size_t size) const {
  while (size > 0) {
    const ssize_t n = ::pread(fd_, out, size, static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail_read(path_, errno);
    if (n == 0)
      throw Error(Kind::data, Problem{Where::path(path_), {}, "became shorter while it was read", {}});
    out += n;
    offset += static_cast<std::uint64_t>(n);
    size -= static_cast<std::size_t>(n);
  }
}

}  // namespace assay
