#include "core/io/loose_files.h"

#include <atomic>
#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/error.h"
#include "core/io/file_errors.h"
#include "core/io/files.h"
#include "core/text.h"

namespace assay {
namespace {

/// Unique among the processes of all machines that may share the folder. The counter is the process's.
std::string aside_name(const std::string& path) {
  static std::atomic<unsigned> counter{0};
  char host[256] = "host";
  ::gethostname(host, sizeof host - 1);
  return join_path(parent_folder(path),
                   text(".", base_name(path), ".", host, ".", ::getpid(), ".loose", counter++, ".tmp"));
}

/// A file on its way to its name; nothing is left of one that does not get there.
class Aside {
 public:
  Aside(const std::string& path, std::string_view bytes) : path_(path), aside_(aside_name(path)) {
    const int fd = ::open(aside_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0) fail_write(path_, errno, bytes.size());
    const int failure = write_all(fd, bytes);
    const int closing = ::close(fd) == 0 ? 0 : errno;
    if (failure == 0 && closing == 0) return;
    ::unlink(aside_.c_str());
    fail_write(path_, failure != 0 ? failure : closing, bytes.size());
  }
  ~Aside() {
    if (!aside_.empty()) ::unlink(aside_.c_str());
  }
  Aside(const Aside&) = delete;
  Aside& operator=(const Aside&) = delete;

  void put() {
    if (::rename(aside_.c_str(), path_.c_str()) != 0) fail_write(path_, errno, 0);
    aside_.clear();
  }

  bool put_once() {
    if (::link(aside_.c_str(), path_.c_str()) == 0) return true;
    const int error = errno;
    // A network file system may have made the link and lost the answer: then the file has two names.
    struct stat info {};
    if (::stat(aside_.c_str(), &info) == 0 && info.st_nlink == 2) return true;
    if (error == EEXIST) return false;
    fail_write(path_, error, 0);
  }

 private:
  static int write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t n = ::write(fd, bytes.data(), bytes.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return errno;
      if (n == 0) return ENOSPC;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return 0;
  }

  const std::string path_;
  std::string aside_;
};

}  // namespace

void put_loose(const std::string& path, std::string_view bytes) { Aside(path, bytes).put(); }

bool put_loose_once(const std::string& path, std::string_view bytes) { return Aside(path, bytes).put_once(); }

void make_loose_folders(const std::string& path) {
  if (::mkdir(path.c_str(), 0777) == 0) return;
  if (errno == ENOENT) {
    const std::string parent = parent_folder(path);
    if (parent != path) make_loose_folders(parent);
    if (::mkdir(path.c_str(), 0777) == 0) return;
  }
  if (errno != EEXIST || !is_folder(path)) fail_store(path, "cannot be made", errno);
}

void sync_file_system(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) fail_store(path, "cannot be synced", errno);
  const int error = ::syncfs(fd) == 0 ? 0 : errno;
  ::close(fd);
  if (error != 0) fail_store(path, "cannot be synced", error);
}

}  // namespace assay
