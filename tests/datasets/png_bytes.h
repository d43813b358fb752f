// PNG files for tests, made by hand: values of 8 bits, not packed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace assay::testing {

namespace png {

inline std::string big_endian(std::uint32_t value) {
  return {static_cast<char>(value >> 24U), static_cast<char>(value >> 16U), static_cast<char>(value >> 8U),
          static_cast<char>(value)};
}

inline std::uint32_t crc32(const std::string& bytes) {
  std::uint32_t crc = ~0U;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1U ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
  }
  return ~crc;
}

inline std::string chunk(const std::string& type, const std::string& data) {
  return big_endian(static_cast<std::uint32_t>(data.size())) + type + data + big_endian(crc32(type + data));
}

/// zlib's format with one block that is stored as it is; at most 65535 bytes.
inline std::string stored(const std::string& bytes) {
  std::uint32_t a = 1, b = 0;
  for (const char c : bytes) {
    a = (a + static_cast<unsigned char>(c)) % 65521;
    b = (b + a) % 65521;
  }
  const auto size = static_cast<std::uint16_t>(bytes.size());
  const auto inverse = static_cast<std::uint16_t>(~size);
  std::string out = "\x78\x01\x01";
  out += {static_cast<char>(size), static_cast<char>(size >> 8U), static_cast<char>(inverse),
          static_cast<char>(inverse >> 8U)};
  return out + bytes + big_endian(b << 16U | a);
}

}  // namespace png

/// values [height, width, channels]; channels: 1 or 3.
inline std::string png_bytes(std::uint32_t height, std::uint32_t width, std::uint32_t channels,
                             const std::vector<std::uint8_t>& values) {
  std::string rows;
  const std::size_t row_bytes = std::size_t{width} * channels;
  for (std::size_t row = 0; row < height; ++row) {
    rows += '\0';
    rows.append(reinterpret_cast<const char*>(values.data()) + row * row_bytes, row_bytes);
  }
  const std::string kind = {'\x08', channels == 1 ? '\0' : '\x02', '\0', '\0', '\0'};
  return "\x89PNG\r\n\x1a\n" + png::chunk("IHDR", png::big_endian(width) + png::big_endian(height) + kind) +
         png::chunk("IDAT", png::stored(rows)) + png::chunk("IEND", "");
}

/// 2 x 3, grey.
inline std::string small_png(std::uint8_t first) { return png_bytes(2, 3, 1, {first, 1, 2, 3, 4, 255}); }

}  // namespace assay::testing
