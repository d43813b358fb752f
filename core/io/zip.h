// zip files, from memory: what .npz files are. Source: PKWARE's APPNOTE.TXT 6.3; entries that are stored or
// deflated, with or without the fields for large files (zip64).
//
//   const ZipFile zip(bytes, path);
//   if (zip.find("x.npy")) const std::string content = zip.read("x.npy");
//
// What is wrong is an Error (Kind::data) that names the file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

class ZipFile {
 public:
  /// The bytes must outlive this. `name` is the file's. Throws if this is no zip file, or a part of one.
  ZipFile(std::string_view bytes, std::string name);

  /// In the order of the file.
  std::vector<std::string> names() const;
  bool has(std::string_view entry) const { return find(entry) != nullptr; }
  /// The entry's bytes, unpacked; their checksum is compared. Throws if there is none of that name, or if it
  /// is damaged, encrypted, or packed in another way.
  std::string read(std::string_view entry) const;

  /// Where the bytes of an entry lie that is neither packed nor encrypted, within the file; nothing for others.
  /// Throws if there is none of that name, or if it is cut. The checksum is not compared.
  struct Place {
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;
  };
  std::optional<Place> place(std::string_view entry) const;
  /// What stands behind the table of entries, for people.
  std::string_view comment() const { return comment_; }

 private:
  struct Entry {
    std::string name;
    unsigned method = 0;
    bool is_encrypted = false;
    std::uint32_t checksum = 0;
    std::uint64_t packed_bytes = 0;
    std::uint64_t bytes = 0;
    std::uint64_t offset = 0;  // of its local header
  };

  const Entry* find(std::string_view entry) const;
  Entry read_entry(std::size_t at, std::size_t& next) const;
  std::string_view packed(const Entry& entry) const;
  std::uint64_t number(std::uint64_t at, std::size_t bytes) const;
  [[noreturn]] void fail(std::string_view what) const;

  std::string_view bytes_;
  std::string name_;
  std::string_view comment_;
  std::vector<Entry> entries_;
};

}  // namespace assay
