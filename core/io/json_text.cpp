#include "core/io/json_text.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <limits>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/text.h"

namespace assay {
namespace {

constexpr std::size_t max_depth = 200;

/// Bytes of the UTF-8 character at the beginning of `text`, 0 if there is none.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto continues = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xC0U) == 0x80U; };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first < 0xE0) return continues(1) ? 2 : 0;
  if (first >= 0xE0 && first < 0xF0) {
    if (!continues(1) || !continues(2)) return 0;
    const bool is_overlong = first == 0xE0 && byte(1) < 0xA0;
    const bool is_surrogate = first == 0xED && byte(1) >= 0xA0;
    return is_overlong || is_surrogate ? 0 : 3;
  }
  if (first >= 0xF0 && first < 0xF5) {
    if (!continues(1) || !continues(2) || !continues(3)) return 0;
    const bool is_overlong = first == 0xF0 && byte(1) < 0x90;
    const bool is_beyond = first == 0xF4 && byte(1) >= 0x90;
    return is_overlong || is_beyond ? 0 : 4;
  }
  return 0;
}

void write_control(std::string& out, unsigned char c) {
  constexpr std::string_view digits = "0123456789abcdef";
  switch (c) {
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += text("\\u00", digits[c >> 4U], digits[c & 15U]);
  }
}

void write_text(std::string& out, std::string_view value) {
  out += '"';
  while (!value.empty()) {
    const std::size_t length = utf8_length(value);
    const auto first = static_cast<unsigned char>(value[0]);
    if (length == 0) {
      out += "\xEF\xBF\xBD";  // U+FFFD
    } else if (first == '"' || first == '\\') {
      out += '\\';
      out += value[0];
    } else if (first < 0x20) {
      write_control(out, first);
    } else {
      out += value.substr(0, length);
    }
    value.remove_prefix(std::max<std::size_t>(length, 1));
  }
  out += '"';
}

void write_real(std::string& out, double value) {
  if (std::isnan(value)) {
    out += "\"nan\"";
  } else if (std::isinf(value)) {
    out += value > 0 ? "\"inf\"" : "\"-inf\"";
  } else {
    const std::string digits = number_text(value);
    out += digits;
    if (digits.find_first_of(".e") == std::string::npos) out += ".0";
  }
}

void write(std::string& out, const Json& value, int indent, int level);

void new_line(std::string& out, int indent, int level) {
  if (indent < 0) return;
  out += '\n';
  out.append(static_cast<std::size_t>(indent * level), ' ');
}

void write_list(std::string& out, const Json::List& items, int indent, int level) {
  out += '[';
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += ',';
    new_line(out, indent, level + 1);
    write(out, items[i], indent, level + 1);
  }
  if (!items.empty()) new_line(out, indent, level);
  out += ']';
}

void write_map(std::string& out, const Json::Map& entries, int indent, int level) {
  out += '{';
  bool is_first = true;
  for (const auto& [key, value] : entries) {
    if (!std::exchange(is_first, false)) out += ',';
    new_line(out, indent, level + 1);
    write_text(out, key);
    out += indent < 0 ? ":" : ": ";
    write(out, value, indent, level + 1);
  }
  if (!entries.empty()) new_line(out, indent, level);
  out += '}';
}

void write(std::string& out, const Json& value, int indent, int level) {
  if (value.is_null()) out += "null";
  if (value.is_boolean()) out += value.boolean() ? "true" : "false";
  if (value.is_integer()) out += text(value.integer());
  if (value.is_real()) write_real(out, value.real());
  if (value.is_text()) write_text(out, value.text());
  if (value.is_list()) write_list(out, value.items(), indent, level);
  if (value.is_map()) write_map(out, value.entries(), indent, level);
}

/// Walks over the text and tells how far the reader came, which nlohmann's events do not.
struct Cursor {
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  const char* at = nullptr;
  const char** furthest = nullptr;

  const char& operator*() const { return *at; }
  Cursor& operator++() {
    ++at;
    *furthest = at;
    return *this;
  }
  Cursor operator++(int) {
    Cursor old = *this;
    ++*this;
    return old;
  }
  bool operator==(const Cursor& other) const { return at == other.at; }
  bool operator!=(const Cursor& other) const { return at != other.at; }
};

/// Builds a Json from nlohmann's events, and refuses what a Json cannot hold.
class Builder final : public nlohmann::json_sax<nlohmann::json> {
 public:
  Builder(std::string_view text, const std::string& name) : text_(text), name_(name), here_(text.data()) {}

  const char** position() { return &here_; }
  Json take() { return std::move(root_); }

  bool null() override { return add(Json()); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(static_cast<std::int64_t>(value)); }
  bool number_unsigned(number_unsigned_t value) override {
    if (value > static_cast<number_unsigned_t>(std::numeric_limits<std::int64_t>::max())) {
      fail(text("the integer ", value, " is beyond 64 bits"));
    }
    return add(static_cast<std::int64_t>(value));
  }
  bool number_float(number_float_t value, const string_t& digits) override {
    if (digits.find_first_of(".eE") == string_t::npos)
      fail(text("the integer ", digits, " is beyond 64 bits"));
    return add(value);
  }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(Json::map()); }
  bool start_array(std::size_t) override { return open(Json::list()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& value) override {
    if (!open_.back().keys.insert(value).second)
      fail(text("the key '", printable(value), "' is there twice"));
    open_.back().key = std::move(value);
    return true;
  }

  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& error) override {
    const std::string_view what = error.what();
    if (what.find("number overflow") != std::string_view::npos) fail("the number is beyond a double");
    if (here_ == text_.data() + text_.size() &&
        what.find("unexpected end of input") != std::string_view::npos) {
      fail("the JSON text ends too early");
    }
    const std::string_view word = last_word();
    if (word == "N" || word == "I" || word == "-I") {
      fail("NaN and infinities cannot be written as JSON numbers",
           "write them as the texts \"nan\" and \"inf\"");
    }
    fail(word.empty() ? std::string("is not valid JSON here")
                      : text("is not valid JSON at '", printable(word), "'"));
  }

 private:
  struct Open {
    Json value;
    std::string key;
    std::set<std::string> keys;
  };

  bool add(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (open_.back().value.is_map()) {
      open_.back().value.entries().emplace_back(std::move(open_.back().key), std::move(value));
    } else {
      open_.back().value.push(std::move(value));
    }
    return true;
  }
  bool open(Json value) {
    if (open_.size() == max_depth) fail(text("is nested deeper than ", max_depth, " levels"));
    open_.push_back({std::move(value), {}, {}});
    return true;
  }
  bool close() {
    Json value = std::move(open_.back().value);
    open_.pop_back();
    return add(std::move(value));
  }

  /// The word or, if it is none, the character that was read last; blanks do not count.
  std::string_view last_word() const {
    const std::string_view before = trim(text_.substr(0, static_cast<std::size_t>(here_ - text_.data())));
    std::size_t start = before.size();
    const auto is_word = [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '.';
    };
    while (start > 0 && is_word(before[start - 1])) --start;
    if (start == before.size() && start > 0) --start;
    return before.substr(start);
  }

  /// At the last character that was read.
  [[noreturn]] void fail(std::string message, std::string hint = {}) const {
    const auto n_read = static_cast<std::size_t>(here_ - text_.data());
    const std::string_view before = text_.substr(0, n_read == 0 ? 0 : n_read - 1);
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const std::size_t line_start = before.rfind('\n') + 1;  // 0 if there is none
    const Where where = Where::file(std::make_shared<const std::string>(name_), static_cast<int>(line),
                                    static_cast<int>(before.size() - line_start) + 1);
    throw Error(Kind::data, Problem{where, {}, std::move(message), std::move(hint)});
  }

  std::string_view text_;
  const std::string& name_;
  const char* here_;
  std::vector<Open> open_;
  Json root_;
};

}  // namespace

std::string to_text(const Json& value, int indent) {
  std::string out;
  write(out, value, indent, 0);
  return out;
}

Json parse_json(std::string_view text, const std::string& name) {
  Builder builder(text, name);
  const Cursor begin{text.data(), builder.position()};
  const Cursor end{text.data() + text.size(), builder.position()};
  nlohmann::json::sax_parse(begin, end, &builder);
  return builder.take();
}

std::optional<double> real_of(const Json& value) {
  if (value.is_number()) return value.real();
  if (!value.is_text()) return std::nullopt;
  if (value.text() == "nan") return std::numeric_limits<double>::quiet_NaN();
  if (value.text() == "inf") return std::numeric_limits<double>::infinity();
  if (value.text() == "-inf") return -std::numeric_limits<double>::infinity();
  return std::nullopt;
}

}  // namespace assay
