// Bytes as text (RFC 4648, section 4, with padding): where JSON has to carry numbers bit for bit.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace assay {

/// Throws Kind::internal for more than a gigabyte.
std::string base64(std::string_view bytes);
/// Nothing if this is no base64.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace assay
