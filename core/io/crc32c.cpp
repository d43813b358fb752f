#include "core/io/crc32c.h"

#include <array>
#include <cstddef>
#include <cstring>

namespace assay {
namespace {

constexpr std::size_t word_bytes = 8;
using Table = std::array<std::array<std::uint32_t, 256>, word_bytes>;

/// table[n][b]: what byte b does to the checksum when n bytes follow it ("slicing by 8").
constexpr Table make_table() {
  constexpr std::uint32_t reversed_polynomial = 0x82F63B78;
  Table table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? reversed_polynomial : 0);
    table[0][byte] = crc;
  }
  for (std::size_t n = 1; n < word_bytes; ++n) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t shorter = table[n - 1][byte];
      table[n][byte] = (shorter >> 8U) ^ table[0][shorter & 0xFFU];
    }
  }
  return table;
}

constexpr Table table = make_table();

std::uint32_t add_byte(std::uint32_t crc, char byte) {
  return (crc >> 8U) ^ table[0][(crc ^ static_cast<unsigned char>(byte)) & 0xFFU];
}

/// Little-endian, as every supported machine is.
std::uint64_t word_at(const char* bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

#if defined(__x86_64__)
bool has_instruction() { return __builtin_cpu_supports("sse4.2") != 0; }

__attribute__((target("sse4.2"))) std::uint32_t by_instruction(std::string_view bytes, std::uint32_t before) {
  std::uint64_t crc = ~before;
  for (; bytes.size() >= word_bytes; bytes.remove_prefix(word_bytes)) {
    crc = __builtin_ia32_crc32di(crc, word_at(bytes.data()));
  }
  auto rest = static_cast<std::uint32_t>(crc);
  for (const char byte : bytes) rest = __builtin_ia32_crc32qi(rest, static_cast<unsigned char>(byte));
  return ~rest;
}
#else
bool has_instruction() { return false; }

std::uint32_t by_instruction(std::string_view bytes, std::uint32_t before) {
  return crc32c_portable(bytes, before);
}
#endif

}  // namespace

std::uint32_t crc32c(std::string_view bytes, std::uint32_t before) {
  return has_instruction() ? by_instruction(bytes, before) : crc32c_portable(bytes, before);
}

std::uint32_t crc32c_portable(std::string_view bytes, std::uint32_t before) {
  std::uint32_t crc = ~before;
  for (; bytes.size() >= word_bytes; bytes.remove_prefix(word_bytes)) {
    const std::uint64_t word = word_at(bytes.data()) ^ crc;
    crc = 0;
    for (std::size_t i = 0; i < word_bytes; ++i) crc ^= table[word_bytes - 1 - i][(word >> (8 * i)) & 0xFFU];
  }
  for (const char byte : bytes) crc = add_byte(crc, byte);
  return ~crc;
}

}  // namespace assay
