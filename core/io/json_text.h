// JSON (RFC 8259) as text, to and from Json.
//
//   const Json summary = parse_json(read_file(path), path);
//   publish(path, to_text(summary, 2) + "\n");
//
// Numbers: a whole number without fraction and exponent is an integer, exact within 64 bits; all others are
// doubles, written as the shortest text that reads back as the same double, always with a `.` or an exponent,
// so that a real stays a real. JSON has no infinities and no NaN: they are written as the texts "inf", "-inf"
// and "nan", and `real_of` reads them back.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/json.h"

namespace assay {

/// indent < 0: one line without blanks; else one entry a line, indented by that many blanks a level. UTF-8 is
/// kept as it is; bytes that are no UTF-8 become U+FFFD.
std::string to_text(const Json& value, int indent = -1);

/// One JSON value and nothing after it. `name` is the file's, for messages. Throws Kind::data with line and
/// column: not JSON, a key twice in a map, a number beyond a double or (as an integer) beyond 64 bits, deeper
/// than 200.
Json parse_json(std::string_view text, const std::string& name);

/// A number, or one of the texts that stand for a number that JSON cannot write; else nothing.
std::optional<double> real_of(const Json& value);

}  // namespace assay
