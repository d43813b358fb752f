// Writes a zip file whose entries are stored as they are, each at an alignment of its own, so that their
// bytes can be mapped: what .npz and PyTorch's files are. Source: PKWARE's APPNOTE.TXT 6.3, with zip64 for
// what is large.
//
//   ZipWriter zip("weights.npz", {{"a.npy", 128}, {"b.npy", 256}});
//   zip.begin();  zip.write(...);      // the bytes of a.npy, in any number of pieces
//   zip.begin();  zip.write(...);      // those of b.npy
//   zip.put();
//
// No times are kept, so equal entries are equal files. Nothing is left behind where put() is not reached.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/io/files.h"

namespace assay {

class ZipWriter {
 public:
  struct Entry {
    std::string name;
    std::uint64_t bytes = 0;
    std::uint64_t alignment = 64;  // of its first byte in the file; at most 32768
  };

  /// comment: at most 65,535 bytes. Throws Kind::store, as all of these do.
  ZipWriter(const std::string& path, std::vector<Entry> entries, std::string comment = {});

  /// The next entry; the one before must have all its bytes.
  void begin();
  void write(std::string_view bytes);
  /// Once all entries were written: the file survives a power cut when it returns.
  void put();

 private:
  /// Where the parts of an entry are in the file.
  struct Placed {
    Entry entry;
    std::uint64_t header = 0;
    std::uint64_t data = 0;
    std::uint32_t checksum = 0;
  };

  static std::vector<Placed> place(std::vector<Entry> entries);
  std::uint64_t table_begins() const;
  std::uint64_t end_bytes() const;
  std::string local_header(const Placed& placed) const;
  std::string table_entry(const Placed& placed) const;
  std::string end_of_file(std::uint64_t table_bytes) const;
  void end_entry();

  std::vector<Placed> entries_;
  std::string comment_;
  AsideFile file_;
  std::size_t next_ = 0;       // the entry after the one that is open
  std::uint64_t missing_ = 0;  // bytes of the open one
};

}  // namespace assay
