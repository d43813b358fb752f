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
#include "core/text.h"

namespace assay {
namespace {

/// "no space left on device"
std::string reason(int error) {
  std::string words = std::generic_category().message(error);
  const bool is_word =
      words.size() > 1 && words[0] >= 'A' && words[0] <= 'Z' && words[1] >= 'a' && words[1] <= 'z';
  if (is_word) words[0] = static_cast<char>(words[0] - 'A' + 'a');
  return words;
}

bool is_full(int error) { return error == ENOSPC || error == EDQUOT || error == EFBIG; }

std::string hint_for(int error) {
  if (is_full(error)) return "free some space there, or write to another folder";
  if (error == EACCES || error == EPERM || error == EROFS) return "choose a folder that you may write to";
  if (error == ENOTDIR) return "a part of this path is a file where a folder should be";
  if (error == ENOENT) return "make the folder first, or check the path";
  return {};
}

[[noreturn]] void fail_read(const std::string& path, int error) {
  if (error == ENOENT) throw Error(Kind::data, Problem{Where::path(path), {}, "there is no such file", {}});
  if (error == EISDIR) throw Error(Kind::data, Problem{Where::path(path), {}, "is a folder, not a file", {}});
  throw Error(Kind::data, Problem{Where::path(path), {}, text("cannot be read: ", reason(error)), {}});
}

[[noreturn]] void fail_write(const std::string& path, int error, std::size_t bytes) {
  std::string message = text("cannot be written: ", reason(error));
  if (is_full(error)) message += text(" (", bytes_text(bytes), " needed)");
  throw Error(Kind::store, Problem{Where::path(path), {}, std::move(message), hint_for(error)});
}

[[noreturn]] void fail_store(const std::string& path, std::string_view what, int error) {
  throw Error(Kind::store, Problem{Where::path(path), {}, text(what, ": ", reason(error)), hint_for(error)});
}

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

/// A file written aside; removed again unless it was renamed away.
class Aside {
 public:
  explicit Aside(const std::string& path) : path_(unique_name(path)) {}
  Aside(const Aside&) = delete;
  Aside& operator=(const Aside&) = delete;
  ~Aside() {
    if (exists_) ::unlink(path_.c_str());
  }
  const std::string& path() const { return path_; }
  void renamed() { exists_ = false; }

  /// 0, or the error. Afterwards the bytes are on the disk.
  int write(std::string_view bytes) {
    Descriptor file(open_file(path_, O_WRONLY | O_CREAT | O_EXCL));
    if (!file.is_open()) return errno;
    exists_ = true;
    if (const int error = write_all(file.get(), bytes)) return error;
    if (::fsync(file.get()) != 0) return errno;
    return file.close();
  }

 private:
  /// Unique among the writers of all machines that may share the folder.
  static std::string unique_name(const std::string& path) {
    static std::atomic<unsigned> counter{0};
    char host[256] = "host";
    ::gethostname(host, sizeof host - 1);
    const std::string name = base_name(path);
    return join_path(parent_folder(path),
                     text(".", name, ".", host, ".", ::getpid(), ".", counter++, ".tmp"));
  }

  std::string path_;
  bool exists_ = false;
};

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

void publish(const std::string& path, std::string_view bytes) {
  Aside aside(path);
  if (const int error = aside.write(bytes)) fail_write(path, error, bytes.size());
  if (::rename(aside.path().c_str(), path.c_str()) != 0) fail_write(path, errno, bytes.size());
  aside.renamed();
  if (const int error = sync_folder(parent_folder(path))) fail_write(path, error, bytes.size());
}

bool publish_once(const std::string& path, std::string_view bytes) {
  Aside aside(path);
  if (const int error = aside.write(bytes)) fail_write(path, error, bytes.size());
  if (::link(aside.path().c_str(), path.c_str()) != 0) {
    const int error = errno;
    // A network file system may have made the link and lost the answer: then the file has two names.
    struct stat info {};
    const bool made = ::stat(aside.path().c_str(), &info) == 0 && info.st_nlink == 2;
    if (!made && error == EEXIST) return false;
    if (!made) fail_write(path, error, bytes.size());
  }
  if (const int error = sync_folder(parent_folder(path))) fail_write(path, error, bytes.size());
  return true;
}

void append(const std::string& path, std::string_view bytes) {
  Descriptor file(open_file(path, O_WRONLY | O_CREAT | O_APPEND));
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

bool link_once(const std::string& file, const std::string& path) {
  if (::link(file.c_str(), path.c_str()) != 0) {
    if (errno == EEXIST) return false;
    fail_store(path, "cannot be made", errno);
  }
  if (const int error = sync_folder(parent_folder(path))) fail_store(path, "cannot be made", error);
  return true;
}

std::vector<std::string> list_folder(const std::string& path) {
  struct Close {
    void operator()(DIR* folder) const { ::closedir(folder); }
  };
  const std::unique_ptr<DIR, Close> folder(::opendir(path.c_str()));
  if (!folder && errno == ENOENT) return {};
  if (!folder)
    throw Error(Kind::data, Problem{Where::path(path), {}, text("cannot be listed: ", reason(errno)), {}});
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(folder.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
    errno = 0;
  }
  if (errno != 0)
    throw Error(Kind::data, Problem{Where::path(path), {}, text("cannot be listed: ", reason(errno)), {}});
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
