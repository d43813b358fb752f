#include "core/io/files.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/error.h"
#include "core/io/file_errors.h"
#include "core/text.h"

namespace assay {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }
  int get() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }
  /// 0, or the error: some file systems report a failed write here only.
  int close() {
    const int fd = std::exchange(fd_, -1);
    return fd >= 0 && ::close(fd) != 0 ? errno : 0;
  }

 private:
  int fd_;
};

int open_file(const std::string& path, int flags) {
  int fd = -1;
  do {
    fd = ::open(path.c_str(), flags | O_CLOEXEC, 0666);
  } while (fd < 0 && errno == EINTR);
  return fd;
}

/// 0, or the error.
int write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    if (n == 0) return ENOSPC;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return 0;
}

int sync_folder(const std::string& path) {
  Descriptor folder(open_file(path, O_RDONLY | O_DIRECTORY));
  if (!folder.is_open()) return errno;
  // Some file systems cannot sync a folder and say so; there is nothing more to do on them.
  if (::fsync(folder.get()) != 0 && errno != EINVAL && errno != ENOTSUP) return errno;
  return 0;
}

/// After so many bytes the disk is set to work, so that a sync at the end of a large file finds little to do.
constexpr std::uint64_t write_behind_bytes = 16U << 20U;
/// Written at a time, up to a multiple of it in the file. For what comes in larger pieces the system takes
/// larger blocks of memory, and a virtual machine may have given those back to its host: fetching them again
/// takes several times as long as writing.
constexpr std::size_t written_at_once = 256U << 10U;

/// Unique among the writers of all machines that may share the folder.
std::string aside_name(const std::string& path) {
  static std::atomic<unsigned> counter{0};
  char host[256] = "host";
  ::gethostname(host, sizeof host - 1);
  return join_path(parent_folder(path),
                   text(".", base_name(path), ".", host, ".", ::getpid(), ".", counter++, ".tmp"));
}

std::string read_open(const std::string& path, int fd) {
  struct stat info {};
  if (::fstat(fd, &info) != 0) fail_read(path, errno);
  if (S_ISDIR(info.st_mode)) fail_read(path, EISDIR);
  std::string bytes;
  // One byte more than its size, so that the end is seen without growing the text.
  bytes.resize(static_cast<std::size_t>(std::max<off_t>(info.st_size, 0)) + 1);
  std::size_t size = 0;
  for (;;) {
    if (size == bytes.size()) bytes.resize(bytes.size() * 2 + 65536);
    const ssize_t n = ::read(fd, bytes.data() + size, bytes.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail_read(path, errno);
    if (n == 0) break;
    size += static_cast<std::size_t>(n);
  }
  bytes.resize(size);
  return bytes;
}

}  // namespace

std::string read_file(const std::string& path) {
  const Descriptor file(open_file(path, O_RDONLY));
  if (!file.is_open()) fail_read(path, errno);
  return read_open(path, file.get());
}

std::optional<std::string> find_file(const std::string& path) {
  const Descriptor file(open_file(path, O_RDONLY));
  if (!file.is_open() && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
  if (!file.is_open()) fail_read(path, errno);
  return read_open(path, file.get());
}

Array read_array(const std::string& path) {
  const Descriptor file(open_file(path, O_RDONLY | O_NONBLOCK));  // a pipe that nobody writes is no wait
  if (!file.is_open()) fail_read(path, errno);
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) fail_read(path, errno);
  if (S_ISDIR(info.st_mode)) fail_read(path, EISDIR);
  const auto refuse = [&](const char* message) {
    throw Error(Kind::data, Problem{Where::path(path), {}, message, {}});
  };
  if (!S_ISREG(info.st_mode)) refuse("is not a regular file");
  Array array(Dtype::u8, {static_cast<std::int64_t>(info.st_size)});
  for (std::size_t size = 0; size < array.bytes();) {
    const ssize_t n = ::read(file.get(), array.data() + size, array.bytes() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail_read(path, errno);
    if (n == 0) refuse("became shorter while it was read");
    size += static_cast<std::size_t>(n);
  }
  return array;
}

AsideFile::AsideFile(std::string path, std::uint64_t bytes, Durable durable)
    : path_(std::move(path)), bytes_(bytes), durable_(durable), aside_(aside_name(path_)) {
  fd_ = open_file(aside_, O_WRONLY | O_CREAT | O_EXCL);
  if (fd_ < 0) fail_write(path_, errno, bytes_);
}

AsideFile::~AsideFile() {
  if (fd_ >= 0) ::close(fd_);
  if (!aside_.empty()) ::unlink(aside_.c_str());
}

void AsideFile::reserve() {
  int error = 0;
  do {
    error = ::fallocate(fd_, 0, 0, static_cast<off_t>(bytes_)) == 0 ? 0 : errno;
  } while (error == EINTR);
  if (is_full(error) || error == EIO) fail_write(path_, error, bytes_);
}

void AsideFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, written_at_once - written_ % written_at_once);
    if (const int error = write_all(fd_, piece)) fail_write(path_, error, bytes_);
    bytes.remove_prefix(piece.size());
    written_ += piece.size();
    if (written_ - begun_ < write_behind_bytes) continue;
    ::sync_file_range(fd_, static_cast<off_t>(begun_), static_cast<off_t>(written_ - begun_),
                      SYNC_FILE_RANGE_WRITE);  // only a wish
    begun_ = written_;
  }
}

void AsideFile::close() {
  if (durable_ == Durable::at_once && ::fsync(fd_) != 0) fail_write(path_, errno, bytes_);
  // Some file systems report a failed write here only.
  if (::close(std::exchange(fd_, -1)) != 0) fail_write(path_, errno, bytes_);
}

void AsideFile::sync_name() const {
  if (durable_ == Durable::later) return;
  if (const int error = sync_folder(parent_folder(path_))) fail_write(path_, error, bytes_);
}

void AsideFile::put() {
  close();
  if (::rename(aside_.c_str(), path_.c_str()) != 0) {
    const int error = errno;
    // A network file system may have renamed it and lost the answer: nobody else takes this name away.
    struct stat info {};
    const bool is_aside = ::stat(aside_.c_str(), &info) == 0 || errno != ENOENT;
    if (is_aside || ::stat(path_.c_str(), &info) != 0) fail_write(path_, error, bytes_);
  }
  aside_.clear();
  sync_name();
}

bool AsideFile::put_once() {
  close();
  if (::link(aside_.c_str(), path_.c_str()) != 0) {
    const int error = errno;
    // A network file system may have made the link and lost the answer: then the file has two names.
    struct stat info {};
    const bool made = ::stat(aside_.c_str(), &info) == 0 && info.st_nlink >= 2;
    if (!made && error == EEXIST) return false;
    if (!made) fail_write(path_, error, bytes_);
  }
  sync_name();
  return true;
}

void publish(const std::string& path, std::string_view bytes) {
  AsideFile file(path, bytes.size());
  file.write(bytes);
  file.put();
}

bool publish_once(const std::string& path, std::string_view bytes) {
  AsideFile file(path, bytes.size());
  file.write(bytes);
  return file.put_once();
}

void append(const std::string& path, std::string_view bytes) {
  Descriptor file(open_file(path, O_WRONLY | O_CREAT | O_APPEND));
  if (!file.is_open()) fail_write(path, errno, bytes.size());
  if (const int error = write_all(file.get(), bytes)) fail_write(path, error, bytes.size());
  if (const int error = file.close()) fail_write(path, error, bytes.size());
}

void overwrite(const std::string& path, std::string_view bytes) {
  Descriptor file(open_file(path, O_WRONLY | O_CREAT));
  if (!file.is_open()) fail_write(path, errno, bytes.size());
  if (const int error = write_all(file.get(), bytes)) fail_write(path, error, bytes.size());
  if (const int error = file.close()) fail_write(path, error, bytes.size());
}

bool make_folder_once(const std::string& path) {
  if (::mkdir(path.c_str(), 0777) != 0) {
    if (errno == EEXIST) return false;
    fail_store(path, "cannot be made", errno);
  }
  if (const int error = sync_folder(parent_folder(path))) fail_store(path, "cannot be made", error);
  return true;
}

void make_folders(const std::string& path) {
  if (is_folder(path)) return;
  const std::string parent = parent_folder(path);
  if (parent != path) make_folders(parent);
  if (!make_folder_once(path) && !is_folder(path)) fail_store(path, "cannot be made", EEXIST);
}

std::vector<std::string> list_folder(const std::string& path) {
  struct Close {
    void operator()(DIR* folder) const { ::closedir(folder); }
  };
  const std::unique_ptr<DIR, Close> folder(::opendir(path.c_str()));
  if (!folder && errno == ENOENT) return {};
  if (!folder) fail_data(path, "cannot be listed", errno);
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(folder.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
    errno = 0;
  }
  if (errno != 0) fail_data(path, "cannot be listed", errno);
  std::sort(names.begin(), names.end());
  return names;
}

bool exists(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0;
}

bool is_folder(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

std::uint64_t file_size(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) fail_read(path, errno);
  if (S_ISDIR(info.st_mode)) fail_read(path, EISDIR);
  return static_cast<std::uint64_t>(info.st_size);
}

bool remove_file(const std::string& path) {
  if (::unlink(path.c_str()) == 0) return true;
  if (errno == ENOENT || errno == ENOTDIR) return false;
  fail_store(path, "cannot be removed", errno);
}

bool remove_tree(const std::string& path) {
  std::error_code error;
  const auto n_removed = std::filesystem::remove_all(path, error);
  if (error) fail_store(path, "cannot be removed", error.value());
  return n_removed > 0;
}

std::string join_path(std::string_view folder, std::string_view name) {
  if (folder.empty() || (!name.empty() && name.front() == '/')) return std::string(name);
  return folder.back() == '/' ? text(folder, name) : text(folder, '/', name);
}

std::string base_name(std::string_view path) {
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  const std::size_t slash = path.rfind('/');
  return std::string(slash == std::string_view::npos || path.size() == 1 ? path : path.substr(slash + 1));
}

std::string parent_folder(std::string_view path) {
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return std::string(slash == 0 ? path.substr(0, 1) : path.substr(0, slash));
}

std::string absolute_path(const std::string& path) {
  std::error_code error;
  const auto absolute = std::filesystem::absolute(path, error);
  if (error) fail_store(path, "has no absolute path", error.value());
  std::string normal = absolute.lexically_normal().string();
  while (normal.size() > 1 && normal.back() == '/') normal.pop_back();
  return normal;
}

}  // namespace assay
