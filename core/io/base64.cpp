#include "core/io/base64.h"

#include <cstddef>

#include <openssl/evp.h>

#include "core/error.h"

namespace assay {
namespace {

constexpr std::size_t group_bytes = 3;
constexpr std::size_t group_letters = 4;
constexpr std::size_t largest = 1U << 30U;  // OpenSSL counts in int

unsigned char* letters_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* letters_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

std::string base64(std::string_view bytes) {
  if (bytes.size() > largest) throw Error(Kind::internal, "too many bytes for one text");
  std::string text((bytes.size() + group_bytes - 1) / group_bytes * group_letters + 1, '\0');
  const int length = EVP_EncodeBlock(letters_of(text), letters_of(bytes), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.empty()) return std::string();
  if (text.size() % group_letters != 0 || text.size() > 2 * largest - group_letters) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && text[text.size() - 1 - padding] == '=') ++padding;
  // OpenSSL also takes white space, and '=' anywhere.
  const std::size_t first_other = text.find_first_of("= \t\r\n");
  if (first_other != std::string_view::npos && first_other < text.size() - padding) return std::nullopt;
  std::string bytes(text.size() / group_letters * group_bytes, '\0');
  if (EVP_DecodeBlock(letters_of(bytes), letters_of(text), static_cast<int>(text.size())) < 0)
    return std::nullopt;
  bytes.resize(bytes.size() - padding);
  return bytes;
}

}  // namespace assay
