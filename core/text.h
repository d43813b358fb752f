// Small things with text that every layer needs: building a message from parts, exact numbers, near misses.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace assay {

/// The shortest decimal text that reads back as the same double: `0.1`, `1e-05`, `inf`, `nan`.
std::string number_text(double value);

namespace detail {
template <class T>
void append(std::string& out, const T& part) {
  if constexpr (std::is_same_v<T, char>) {
    out += part;
  } else if constexpr (std::is_same_v<T, bool>) {
    out += part ? "true" : "false";
  } else if constexpr (std::is_integral_v<T>) {
    char buffer[24];
    out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, part).ptr);
  } else if constexpr (std::is_floating_point_v<T>) {
    out += number_text(static_cast<double>(part));
  } else {
    out += std::string_view(part);
  }
}
}  // namespace detail

/// Joins strings, characters and numbers: text("row ", 7, " of ", name).
template <class... Parts>
std::string text(const Parts&... parts) {
  std::string out;
  (detail::append(out, parts), ...);
  return out;
}

std::string join(const std::vector<std::string>& parts, std::string_view separator);
std::vector<std::string> split(std::string_view text, char separator);
std::string_view trim(std::string_view text);
/// "[64, 3, 28]"
std::string shape_text(const std::vector<std::int64_t>& shape);
/// `1 row`, `3 rows`
std::string count_text(std::int64_t count, std::string_view noun);
/// `1.4 MiB`
std::string bytes_text(std::uint64_t bytes);

/// Parses the whole text, or returns nothing. Decimal only; a sign is allowed.
std::optional<std::int64_t> parse_integer(std::string_view text);
/// Parses the whole text as a decimal floating-point number, or returns nothing. No inf, no nan, no hex.
std::optional<double> parse_real(std::string_view text);

/// True for a glob on a dotted name: `*` also crosses dots, `?` is one character, all else is itself.
bool glob_matches(std::string_view pattern, std::string_view name);

/// The known name closest to `name` (edit distance with transpositions, at most a third of its length, at
/// least 2 for names of 4 characters and up); empty if none is near.
std::string closest(std::string_view name, const std::vector<std::string>& known);

/// For an unknown name: "did you mean 'lr'? known: lr, betas" or "known: lr, betas".
std::string suggest(std::string_view name, const std::vector<std::string>& known);

/// Makes text from strangers safe for a terminal: control characters and invalid UTF-8 become \xNN.
std::string printable(std::string_view text);

}  // namespace assay
