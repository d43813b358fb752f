#include "core/io/tar.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "core/error.h"

namespace assay {
namespace {

constexpr std::size_t block_bytes = 512;

[[noreturn]] void fail(const std::string& name, std::string message) {
  throw Error(Kind::data, Problem{Where::path(name), {}, std::move(message), "get the file again"});
}

/// Up to the first zero byte.
std::string_view text_of(std::string_view field) { return field.substr(0, field.find('\0')); }

std::optional<std::uint64_t> octal(std::string_view field) {
  std::uint64_t value = 0;
  bool has_digit = false;
  for (const char c : field) {
    if (c == ' ' && !has_digit) continue;
    if (c == ' ' || c == '\0') break;
    if (c < '0' || c > '7') return std::nullopt;
    value = value * 8 + static_cast<std::uint64_t>(c - '0');
    has_digit = true;
  }
  return has_digit ? std::optional(value) : std::nullopt;
}

/// The sum of the header's bytes, its own field taken for blanks.
std::uint64_t sum_of(std::string_view header) {
  constexpr std::size_t field = 148, field_bytes = 8;
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < header.size(); ++i) {
    const bool is_field = i >= field && i < field + field_bytes;
    sum += is_field ? ' ' : static_cast<unsigned char>(header[i]);
  }
  return sum;
}

}  // namespace

void for_each_in_tar(std::string_view bytes, const std::string& name,
                     const std::function<void(const std::string& name, std::string_view content)>& take) {
  for (;;) {
    if (bytes.size() < block_bytes) fail(name, "is truncated: the tar file has no end");
    const std::string_view header = bytes.substr(0, block_bytes);
    if (std::all_of(header.begin(), header.end(), [](char c) { return c == '\0'; })) return;
    const auto size = octal(header.substr(124, 12));
    if (!size || octal(header.substr(148, 8)) != sum_of(header)) fail(name, "is no tar file, or damaged");
    bytes.remove_prefix(block_bytes);
    if (*size > bytes.size()) fail(name, "is truncated: the tar file ends within an entry");
    const char kind = header[156];
    if (kind == '0' || kind == '\0') {
      const std::string folder(text_of(header.substr(345, 155)));
      const std::string_view own = text_of(header.substr(0, 100));
      take(folder.empty() ? std::string(own) : folder + '/' + std::string(own), bytes.substr(0, *size));
    }
    const std::uint64_t whole = (*size + block_bytes - 1) / block_bytes * block_bytes;
    if (whole > bytes.size()) fail(name, "is truncated: the tar file has no end");
    bytes.remove_prefix(whole);
  }
}

}  // namespace assay
