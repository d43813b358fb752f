// The one spelling of a config that its identity is computed from.
#pragma once

#include <string>

#include "core/json.h"

namespace assay {

/// JSON by RFC 8785 (JCS): keys sorted by UTF-16 code units, no blanks, numbers as ECMAScript prints them.
/// Integers are printed exactly, also beyond 2^53, where the RFC would round; a real that is whole prints
/// like the integer it equals. Throws Kind::config for infinities, nan and texts that are not UTF-8, which
/// have no canonical form.
std::string canonical_json(const Json& json);

}  // namespace assay
