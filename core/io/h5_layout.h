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
  /// The file from its first to its last byte. Views of this object and of the arrays that were placed.
  const std::vector<std::string_view>& parts() const { return parts_; }

  /// All parts as one text.
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

 private:
  std::uint64_t bytes_ = 0;
  std::vector<std::vector<char>> kept_;  // their bytes do not move when this does
  std::vector<std::string_view> parts_;
};

}  // namespace assay::h5
