#include "core/io/loose_files.h"

#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/error.h"
#include "core/io/file_errors.h"
#include "core/io/files.h"

namespace assay {

void put_loose(const std::string& path, std::string_view bytes) {
  AsideFile file(path, bytes.size(), AsideFile::Durable::later);
  file.write(bytes);
  file.put();
}

bool put_loose_once(const std::string& path, std::string_view bytes) {
  AsideFile file(path, bytes.size(), AsideFile::Durable::later);
  file.write(bytes);
  return file.put_once();
}

void link_loose(const std::string& path, const std::string& name) {
  if (::link(path.c_str(), name.c_str()) != 0 && errno != EEXIST) fail_store(name, "cannot be made", errno);
}

bool rename_loose(const std::string& path, const std::string& name) {
  if (std::rename(path.c_str(), name.c_str()) == 0) return true;
  if (errno != ENOENT) fail_store(name, "cannot be made", errno);
  return false;
}

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
