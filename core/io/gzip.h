// gzip (RFC 1952), from memory to memory.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace assay {

/// True if the bytes begin as a gzip file does (1f 8b).
bool is_gzip(std::string_view bytes);

constexpr std::size_t gunzip_default_limit = std::size_t{4} << 30U;

/// The unpacked bytes; several members in a row are joined, as gzip does. `name` is the file's, for messages.
/// Throws Kind::data: no gzip, truncated, damaged (checksum or length differ), followed by something else, or
/// larger than `limit` bytes unpacked.
std::string gunzip(std::string_view bytes, const std::string& name, std::size_t limit = gunzip_default_limit);

/// Packed at level 6, without a name or a time: the same bytes give the same result.
std::string gzip(std::string_view bytes);

}  // namespace assay
