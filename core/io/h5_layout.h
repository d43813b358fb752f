// A whole HDF5 file as a list of parts: what HDF5 laid out, in memory, and arrays that stay where they are.
// So a large file is written without a second copy of its numbers, and HDF5 never touches a disk.
//
//   h5::Writer writer;
//   writer.attribute("/", "format", "assay.checkpoint");
//   writer.place("model/layers.0.weight", view);
//   const h5::Layout layout = writer.finish_layout();
//   for (const std::string_view part : layout.parts()) file.write(part);
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace assay::h5 {

class Layout {
 public:
  Layout() = default;
  Layout(Layout&&) noexcept = default;
  Layout& operator=(Layout&&) noexcept = default;

  /// How long the file is.
  std::uint64_t bytes() const { return bytes_; }
  /// The file from its first to its last byte, but for its rooms. Views of this object and of the arrays that
  /// were placed.
  const std::vector<std::string_view>& parts() const { return parts_; }

  /// Bytes of the file that whoever writes it has elsewhere (Writer::leave_room).
  struct Room {
    std::size_t before_part = 0;  // of parts(); their number: behind the last
    std::uint64_t offset = 0;     // in the file
    std::uint64_t bytes = 0;
  };
  /// In their order in the file.
  const std::vector<Room>& rooms() const { return rooms_; }

  /// All parts as one text, of a file without rooms.
  std::string joined() const {
    std::string bytes;
    bytes.reserve(bytes_);
    for (const std::string_view part : parts_) bytes += part;
    return bytes;
  }

  /// Adds a part that this object keeps.
  void add(std::vector<char> part) {
    kept_.push_back(std::move(part));
    add_view({kept_.back().data(), kept_.back().size()});
  }
  /// Adds a part that stays where it is.
  void add_view(std::string_view part) {
    parts_.push_back(part);
    bytes_ += part.size();
  }
  /// Leaves room for what is in no part.
  void add_room(std::uint64_t bytes) {
    rooms_.push_back({parts_.size(), bytes_, bytes});
    bytes_ += bytes;
  }

 private:
  std::uint64_t bytes_ = 0;
  std::vector<std::vector<char>> kept_;  // their bytes do not move when this does
  std::vector<std::string_view> parts_;
  std::vector<Room> rooms_;
};

}  // namespace assay::h5
