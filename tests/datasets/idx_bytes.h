// IDX files made in a test.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace assay::testing {

inline std::string idx_header(unsigned char type, const std::vector<std::uint32_t>& shape) {
  std::string out = {'\0', '\0', static_cast<char>(type), static_cast<char>(shape.size())};
  for (const std::uint32_t size : shape) {
    for (const unsigned shift : {24U, 16U, 8U, 0U}) out += static_cast<char>(size >> shift & 255U);
  }
  return out;
}

/// Values of type u8.
inline std::string idx_u8(const std::vector<std::uint32_t>& shape, const std::vector<std::uint8_t>& values) {
  return idx_header(0x08, shape) + std::string(values.begin(), values.end());
}

}  // namespace assay::testing
