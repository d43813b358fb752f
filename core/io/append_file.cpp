#include "core/io/append_file.h"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/io/file_errors.h"

namespace assay {

AppendFile AppendFile::open(const std::string& path) {
  int fd = -1;
  do {
    fd = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  } while (fd < 0 && errno == EINTR);
  if (fd < 0) fail_store(path, "cannot be opened", errno);
  struct stat info {};
  if (::fstat(fd, &info) != 0) {
    const int error = errno;
    ::close(fd);
    fail_store(path, "cannot be opened", error);
  }
  return {path, fd, static_cast<std::uint64_t>(info.st_size)};
}

AppendFile::AppendFile(std::string path, int fd, std::uint64_t length)
    : path_(std::move(path)), fd_(fd), length_(length) {}

AppendFile::~AppendFile() {
  if (fd_ >= 0) ::close(fd_);
}

AppendFile::AppendFile(AppendFile&& other) noexcept
    : path_(std::move(other.path_)),
      fd_(std::exchange(other.fd_, -1)),
      length_(other.length_),
      has_rest_(other.has_rest_) {}

AppendFile& AppendFile::operator=(AppendFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(fd_, other.fd_);
  std::swap(length_, other.length_);
  std::swap(has_rest_, other.has_rest_);
  return *this;
}

void AppendFile::append(std::string_view bytes) {
  const std::size_t size = bytes.size();
  if (has_rest_) {
    if (const int error = cut_off()) fail_write(path_, error, size);
  }
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd_, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      const int error = n < 0 ? errno : ENOSPC;
      has_rest_ = bytes.size() < size;
      if (has_rest_) cut_off();
      fail_write(path_, error, size);
    }
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  length_ += size;
}

int AppendFile::cut_off() {
  if (::ftruncate(fd_, static_cast<off_t>(length_)) != 0) return errno;
  has_rest_ = false;
  return 0;
}

void AppendFile::sync() {
  int error = 0;
  do {
    error = ::fdatasync(fd_) == 0 ? 0 : errno;
  } while (error == EINTR);
  if (error != 0) fail_store(path_, "cannot be synced", error);
}

}  // namespace assay
