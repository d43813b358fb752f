#include "runner/config/canonical.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/text.h"

namespace assay {
namespace {

// Decodes one UTF-8 sequence at `i` and moves behind it.
std::uint32_t next_code_point(std::string_view text, std::size_t& i) {
  const auto byte = [&](std::size_t k) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(text[k]));
  };
  const std::uint32_t first = byte(i);
  const std::size_t length = first < 0x80                    ? 1
                             : first >= 0xC2 && first < 0xE0 ? 2
                             : (first & 0xF0) == 0xE0        ? 3
                             : first >= 0xF0 && first < 0xF5 ? 4
                                                             : 0;
  bool is_valid = length > 0 && i + length <= text.size();
  std::uint32_t point = length == 1 ? first : first & (0x7Fu >> length);
  for (std::size_t k = 1; is_valid && k < length; ++k) {
    is_valid = (byte(i + k) & 0xC0) == 0x80;
    point = point << 6 | (byte(i + k) & 0x3F);
  }
  const bool is_overlong = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
  const bool is_surrogate = point >= 0xD800 && point < 0xE000;
  if (!is_valid || is_overlong || is_surrogate || point > 0x10FFFF) {
    throw Error(Kind::config, assay::text("'", printable(text), "' is not UTF-8"),
                "save the config in the encoding UTF-8");
  }
  i += length;
  return point;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::u16string utf16(std::string_view text) {
  std::u16string out;
  for (std::size_t i = 0; i < text.size();) {
    const std::uint32_t point = next_code_point(text, i);
    if (point < 0x10000) {
      out += static_cast<char16_t>(point);
    } else {
      out += static_cast<char16_t>(0xD800 + ((point - 0x10000) >> 10));
      out += static_cast<char16_t>(0xDC00 + ((point - 0x10000) & 0x3FF));
    }
  }
  return out;
}

// The order of RFC 8785, which is that of bytes for ASCII.
bool is_before(std::string_view a, std::string_view b) {
  return is_ascii(a) && is_ascii(b) ? a < b : utf16(a) < utf16(b);
}

void write_text(const std::string& text, std::string& out) {
  constexpr std::string_view digits = "0123456789abcdef";
  out += '"';
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t begin = i;
    const std::uint32_t point = next_code_point(text, i);
    switch (point) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (point < 0x20) {
          out += "\\u00";
          out += digits[point >> 4];
          out += digits[point & 15];
        } else {
          out.append(text, begin, i - begin);
        }
    }
  }
  out += '"';
}

// Number::toString of ECMAScript: the shortest digits that read back, plain between 1e-6 and 1e21.
std::string ecmascript_number(double value) {
  if (value == 0) return "0";  // also of -0
  char buffer[32];
  const auto end =
      std::to_chars(buffer, buffer + sizeof buffer, std::abs(value), std::chars_format::scientific).ptr;
  const std::string_view scientific(buffer, static_cast<std::size_t>(end - buffer));
  const std::size_t e = scientific.find('e');
  std::string digits;
  for (const char c : scientific.substr(0, e)) {
    if (c != '.') digits += c;
  }
  const int exponent = std::atoi(std::string(scientific.substr(e + 1)).c_str());
  const int n_digits = static_cast<int>(digits.size());
  const int point = exponent + 1;  // digits before the decimal point
  std::string out = value < 0 ? "-" : "";
  if (point > 0 && point <= 21) {
    if (n_digits <= point) return out + digits + std::string(static_cast<std::size_t>(point - n_digits), '0');
    return out + digits.substr(0, static_cast<std::size_t>(point)) + '.' +
           digits.substr(static_cast<std::size_t>(point));
  }
  if (point > -6 && point <= 0)
    return out + "0." + std::string(static_cast<std::size_t>(-point), '0') + digits;
  out += digits[0];
  if (n_digits > 1) out += '.' + digits.substr(1);
  return out + text('e', exponent < 0 ? "-" : "+", std::abs(exponent));
}

void write(const Json& value, std::string& out);

void write_map(const Json::Map& map, std::string& out) {
  std::vector<const Json::Map::value_type*> sorted;
  sorted.reserve(map.size());
  for (const auto& entry : map) sorted.push_back(&entry);
  std::sort(sorted.begin(), sorted.end(),
            [](const auto* a, const auto* b) { return is_before(a->first, b->first); });
  out += '{';
  for (const auto* entry : sorted) {
    if (out.back() != '{') out += ',';
    write_text(entry->first, out);
    out += ':';
    write(entry->second, out);
  }
  out += '}';
}

void write(const Json& value, std::string& out) {
  if (value.is_null()) {
    out += "null";
  } else if (value.is_boolean()) {
    out += value.boolean() ? "true" : "false";
  } else if (value.is_integer()) {
    out += text(value.integer());
  } else if (value.is_real()) {
    if (!std::isfinite(value.real())) {
      throw Error(Kind::config, text(number_text(value.real()), " has no canonical form"),
                  "a config's numbers must be finite");
    }
    out += ecmascript_number(value.real());
  } else if (value.is_text()) {
    write_text(value.text(), out);
  } else if (value.is_list()) {
    out += '[';
    for (std::size_t i = 0; i < value.items().size(); ++i) {
      if (i > 0) out += ',';
      write(value.items()[i], out);
    }
    out += ']';
  } else {
    write_map(value.entries(), out);
  }
}

}  // namespace

std::string canonical_json(const Json& json) {
  std::string out;
  write(json, out);
  return out;
}

}  // namespace assay
