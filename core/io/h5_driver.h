// The file driver through which HDF5 sees memory instead of a disk; for h5_writer.cpp and h5_reader.cpp,
// nothing else includes this.
//
// HDF5 opens a Medium under the one name that there is. Any other name is refused, so that no file can lead
// HDF5 to another one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "core/io/h5_handles.h"

namespace assay::h5 {

/// What a file consists of. HDF5 is C, so nothing here throws; false is an error to HDF5.
class Medium {
 public:
  Medium() = default;
  Medium(const Medium&) = delete;
  Medium& operator=(const Medium&) = delete;
  virtual ~Medium();

  virtual std::uint64_t size() const noexcept = 0;
  virtual bool read(std::uint64_t at, char* out, std::size_t size) const noexcept = 0;
  virtual bool write(std::uint64_t at, const char* bytes, std::size_t size) noexcept = 0;
  /// HDF5 has allocated everything before `end`.
  virtual void allocate(std::uint64_t end) noexcept = 0;
};

/// A file that is there. A read outside it is an error.
class FixedBytes final : public Medium {
 public:
  /// The bytes must stay where they are.
  explicit FixedBytes(std::string_view bytes) : bytes_(bytes) {}

  std::uint64_t size() const noexcept override { return bytes_.size(); }
  bool read(std::uint64_t at, char* out, std::size_t size) const noexcept override;
  bool write(std::uint64_t, const char*, std::size_t) noexcept override { return false; }
  void allocate(std::uint64_t) noexcept override {}

 private:
  std::string_view bytes_;
};

/// A file that comes into being: pages where something was written, zeros elsewhere. HDF5 1.10 is not safe
/// after a write that failed, so none fails: what goes wrong is kept, and ends the writer when HDF5 is done.
class Pages final : public Medium {
 public:
  std::uint64_t size() const noexcept override { return end_; }
  bool read(std::uint64_t at, char* out, std::size_t size) const noexcept override;
  bool write(std::uint64_t at, const char* bytes, std::size_t size) noexcept override;
  void allocate(std::uint64_t end) noexcept override { end_ = end; }

  /// There was no memory for something that was written.
  bool ran_short() const { return ran_short_; }

 private:
  static constexpr std::size_t page_bytes = 16384;
  std::map<std::uint64_t, std::unique_ptr<char[]>> pages_;  // by number
  std::uint64_t end_ = 0;
  bool ran_short_ = false;
};

/// The name under which HDF5 opens a medium; there is no such file.
extern const char* const medium_name;

/// Access properties with which `medium_name` is `medium`, which must outlive the file.
Properties access_to(const Caller& caller, Medium& medium);

}  // namespace assay::h5
