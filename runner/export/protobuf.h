// Messages of Protocol Buffers as bytes, of which ONNX files are made. Only what these need is here, which is
// less than a library's worth. Source: protobuf.dev, Encoding.
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

namespace assay::exports {

class Message {
 public:
  void integer(std::uint32_t field, std::int64_t value) {
    tag(field, 0);
    varint(static_cast<std::uint64_t>(value));
  }
  void real(std::uint32_t field, float value) {
    tag(field, 5);
    const auto bits = std::bit_cast<std::uint32_t>(value);
    for (unsigned shift = 0; shift < 32; shift += 8) bytes_ += static_cast<char>(bits >> shift & 0xFFU);
  }
  /// Texts, bytes and messages.
  void text(std::uint32_t field, std::string_view value) {
    begin(field, value.size());
    bytes_ += value;
  }
  void message(std::uint32_t field, const Message& value) { text(field, value.bytes_); }
  /// A field whose `size` bytes follow.
  void begin(std::uint32_t field, std::uint64_t size) {
    tag(field, 2);
    varint(size);
  }

  const std::string& bytes() const { return bytes_; }

 private:
  void tag(std::uint32_t field, std::uint32_t wire_type) { varint(field << 3U | wire_type); }
  void varint(std::uint64_t value) {
    for (; value >= 0x80U; value >>= 7U) bytes_ += static_cast<char>(value | 0x80U);
    bytes_ += static_cast<char>(value);
  }

  std::string bytes_;
};

}  // namespace assay::exports
