#include "runner/config/to_yaml.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

#include "core/text.h"
#include "registry/secret.h"

namespace assay {
namespace {

constexpr std::size_t line_width = 100;

// ---- Scalars

// 0.001, 20.0, 1.0e-5: with a point, and an exponent with a sign, so that YAML 1.1 readers see a number as
// well.
std::string real_text(double value) {
  if (std::isnan(value)) return ".nan";
  if (std::isinf(value)) return value > 0 ? ".inf" : "-.inf";
  char buffer[400];
  const double magnitude = std::abs(value);
  const bool is_plain = value == 0 || (magnitude >= 1e-4 && magnitude < 1e15);
  const auto format = is_plain ? std::chars_format::fixed : std::chars_format::scientific;
  std::string out(buffer, std::to_chars(buffer, buffer + sizeof buffer, value, format).ptr);
  const std::size_t e = std::min(out.find('e'), out.size());
  std::string exponent = out.substr(e);
  if (exponent.size() > 3 && exponent[2] == '0') exponent.erase(2, 1);  // e-05 -> e-5
  out.erase(e);
  if (out.find('.') == std::string::npos) out += ".0";
  return out + exponent;
}

bool is_word_of_another_type(std::string_view text) {
  static constexpr std::array words = {"null", "true", "false", "yes", "no", "on",
                                       "off",  "y",    "n",     "nan", "inf"};
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); });
  return text == "~" || text == "=" || text == "<<" ||
         std::find(words.begin(), words.end(), lower) != words.end();
}

// Numbers in any spelling, dates and times: a text that begins like a number and holds no letters but those
// numbers do.
bool looks_like_a_number(std::string_view text) {
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  if (text.empty()) return true;
  const bool begins_like_one = (text.front() >= '0' && text.front() <= '9') || text.front() == '.';
  return begins_like_one &&
         text.find_first_not_of("0123456789abcdefABCDEFxXoOinINTZ_.:+- ") == std::string_view::npos;
}

bool needs_quotes(std::string_view text, bool is_in_flow) {
  if (text.empty() || text.front() == ' ' || text.back() == ' ' || text.back() == ':') return true;
  if (is_word_of_another_type(text) || looks_like_a_number(text)) return true;
  if (std::string_view("-?:,[]{}#&*!|>'\"%@`").find(text.front()) != std::string_view::npos) return true;
  if (text.find(": ") != std::string_view::npos || text.find(" #") != std::string_view::npos) return true;
  if (text.starts_with("---") || text.starts_with("...")) return true;
  if (is_in_flow && text.find_first_of(",[]{}:") != std::string_view::npos) return true;
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

std::string in_quotes(std::string_view written) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : written) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || byte == 0x7f) {
      out += text("\\x", digits[byte >> 4], digits[byte & 15]);
    } else {
      out += c;
    }
  }
  return out + '"';
}

// A resolved text is literal: what looks like an expression is not one.
std::string literal(std::string_view written) {
  std::string out;
  for (std::size_t i = 0; i < written.size(); ++i) {
    if (written[i] == '$' && i + 1 < written.size() && written[i + 1] == '(') out += '$';
    out += written[i];
  }
  return out;
}

std::string key_text(const std::string& key, bool is_in_flow) {
  return needs_quotes(key, is_in_flow) ? in_quotes(key) : key;
}

std::string scalar_text(const Json& value, bool is_in_flow) {
  if (value.is_null()) return "null";
  if (value.is_boolean()) return value.boolean() ? "true" : "false";
  if (value.is_integer()) return text(value.integer());
  if (value.is_real()) return real_text(value.real());
  if (parse_secret(value.text())) return value.text();  // `!secret TOKEN`, a tag on a name
  const std::string shown = literal(value.text());
  return needs_quotes(shown, is_in_flow) ? in_quotes(shown) : shown;
}

// ---- Lists and maps

bool is_scalar(const Json& value) { return !value.is_list() && !value.is_map(); }
bool is_empty(const Json& value) {
  return (value.is_list() && value.items().empty()) || (value.is_map() && value.entries().empty());
}

// Simple enough to be read in one line: lists of scalars within maps or lists, maps of scalars within lists.
bool suits_flow(const Json& value) {
  const auto is_row = [](const Json& item) {
    return is_scalar(item) ||
           (item.is_list() && std::all_of(item.items().begin(), item.items().end(), is_scalar));
  };
  const auto is_record = [&](const Json& item) {
    return item.is_map() && std::all_of(item.entries().begin(), item.entries().end(),
                                        [&](const auto& entry) { return is_row(entry.second); });
  };
  if (value.is_list()) {
    return std::all_of(value.items().begin(), value.items().end(),
                       [&](const Json& item) { return is_row(item) || is_record(item); });
  }
  return is_scalar(value) || is_record(value);
}

std::string flow_text(const Json& value) {
  if (is_scalar(value)) return scalar_text(value, true);
  std::string out = value.is_list() ? "[" : "{";
  if (value.is_list()) {
    for (const Json& item : value.items()) out += (out.size() > 1 ? ", " : "") + flow_text(item);
    return out + ']';
  }
  for (const auto& [key, item] : value.entries()) {
    out += (out.size() > 1 ? ", " : "") + key_text(key, true) + ": " + flow_text(item);
  }
  return out + '}';
}

void write_block(const Json& value, std::size_t indent, std::string& out);

// Goes on behind "key:" or "-": on the same line where it fits.
void write_after(const Json& value, std::size_t column, std::size_t indent, std::string& out) {
  if (is_scalar(value)) {
    out += ' ' + scalar_text(value, false) + '\n';
    return;
  }
  if (is_empty(value) || suits_flow(value)) {
    const std::string flow = flow_text(value);
    if (is_empty(value) || column + 1 + flow.size() <= line_width) {
      out += ' ' + flow + '\n';
      return;
    }
  }
  out += '\n';
  write_block(value, indent, out);
}

void write_block(const Json& value, std::size_t indent, std::string& out) {
  const std::string blanks(indent, ' ');
  if (value.is_map()) {
    for (const auto& [key, item] : value.entries()) {
      const std::string head = blanks + key_text(key, false) + ':';
      out += head;
      write_after(item, head.size(), indent + 2, out);
    }
    return;
  }
  for (const Json& item : value.items()) {
    const bool is_one_line = is_scalar(item) || is_empty(item) ||
                             (suits_flow(item) && indent + 2 + flow_text(item).size() <= line_width);
    out += blanks + '-';
    if (is_one_line) {
      write_after(item, indent + 1, indent + 2, out);
    } else {  // the first line of the item's block stands behind the dash
      std::string block;
      write_block(item, indent + 2, block);
      out += ' ' + block.substr(indent + 2);
    }
  }
}

}  // namespace

std::string to_yaml(const Json& json) {
  if (is_scalar(json)) return scalar_text(json, false) + '\n';
  if (is_empty(json)) return flow_text(json) + '\n';
  std::string out;
  write_block(json, 0, out);
  return out;
}

}  // namespace assay
