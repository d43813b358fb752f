// Unpacking of deflate (RFC 1951) where it is known how long the result is: entries of zip files, parts of
// HDF5 arrays.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace assay {

enum class DeflateFormat { raw, zlib };  // zlib: with its header and checksum (RFC 1950)

/// Unpacks exactly `size` bytes to `out`; false if the data are damaged, or unpack to more or fewer.
bool inflate_to(std::string_view bytes, DeflateFormat format, std::byte* out, std::size_t size);

/// The same as a text. Throws Kind::data, naming the file at `name`; takes no memory before it is clear that
/// `bytes` can stand for so many.
std::string inflated(std::string_view bytes, DeflateFormat format, std::size_t size, const std::string& name);

}  // namespace assay
