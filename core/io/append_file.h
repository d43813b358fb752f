// A file that grows by whole pieces. One writer; readers may look at any time.
//
//   AppendFile file = AppendFile::open("a.1/journal.000001");
//   file.append(row);     // there or not there, never half
//   file.sync();          // now it survives a power cut
//
// What cannot be written is an Error of Kind::store that names the path and the system's reason.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace assay {

class AppendFile {
 public:
  /// An existing file; what is appended comes behind what it holds. Kind::store.
  static AppendFile open(const std::string& path);
  ~AppendFile();
  AppendFile(AppendFile&&) noexcept;
  AppendFile& operator=(AppendFile&&) noexcept;

  /// Adds `bytes` at the end, in one write(2) where the system takes them at once. When it throws, the file
  /// is what it was: what was written in part is cut off again, at the latest before the next append.
  void append(std::string_view bytes);

  /// fdatasync(2): all that was appended is on the disk, to stay. After a failure nothing is known about
  /// what was appended since the last success, even if a later call succeeds: the kernel may have dropped
  /// it. May be called while another thread appends.
  void sync();

  std::uint64_t length() const { return length_; }
  const std::string& path() const { return path_; }

 private:
  AppendFile(std::string path, int fd, std::uint64_t length);
  /// 0, or the error.
  int cut_off();

  std::string path_;
  int fd_ = -1;
  std::uint64_t length_ = 0;
  bool has_rest_ = false;  // a part of a failed write may stand behind length_
};

}  // namespace assay
