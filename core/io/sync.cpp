#include "core/io/sync.h"

#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

#include "core/io/file_errors.h"

namespace assay {

void sync_path(const std::string& path) {
  int fd = -1;
  do {
    fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  } while (fd < 0 && errno == EINTR);
  if (fd < 0) fail_store(path, "cannot be opened", errno);
  int error = 0;
  do {
    error = ::fsync(fd) == 0 ? 0 : errno;
  } while (error == EINTR);
  ::close(fd);
  // Some file systems cannot sync a folder and say so; there is nothing more to do on them.
  if (error != 0 && error != EINVAL && error != ENOTSUP) fail_store(path, "cannot be synced", error);
}

}  // namespace assay
