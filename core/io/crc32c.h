// CRC-32C (Castagnoli; RFC 3720, appendix B.4), by which journal records are checked: finds every damage of
// up to 32 bits in a row. Not against forgery.
//
//   crc32c("123456789") == 0xE3069283
#pragma once

#include <cstdint>
#include <string_view>

namespace assay {

/// `before`: the checksum of what stands before `bytes`, for text that comes in parts. Uses the processor's
/// instruction where there is one (SSE 4.2), else a table of 8 KiB.
std::uint32_t crc32c(std::string_view bytes, std::uint32_t before = 0);

/// By the table alone: the same numbers on every processor.
std::uint32_t crc32c_portable(std::string_view bytes, std::uint32_t before = 0);

}  // namespace assay
