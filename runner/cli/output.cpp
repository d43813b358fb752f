#include "runner/cli/output.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <sys/ioctl.h>
#include <unistd.h>

#include "core/error.h"
#include "core/text.h"

namespace assay::cli {
namespace {

constexpr int narrowest = 40;  // below this, tables and progress would be cut to nothing

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

bool wants_colour() {
  const char* terminal = std::getenv("TERM");
  return !is_set("NO_COLOR") && terminal != nullptr && std::string_view(terminal) != "dumb";
}

const char* escape_of(Style style) {
  switch (style) {
    case Style::plain:
      return "";
    case Style::bold:
      return "\033[1m";
    case Style::dim:
      return "\033[2m";
    case Style::red:
      return "\033[1;31m";
    case Style::green:
      return "\033[32m";
    case Style::yellow:
      return "\033[1;33m";
    case Style::cyan:
      return "\033[36m";
  }
  return "";
}

[[noreturn]] void fail_to_write(int reason) {
  if (reason == EPIPE)
    throw Error(Kind::internal, "the reader of standard output went away before everything was written");
  throw Error(Kind::store, text("cannot write to standard output: ", std::strerror(reason)));
}

/// The code point at `at`, which moves behind it; bytes that are no UTF-8 count one by one.
char32_t next_character(std::string_view text, std::size_t& at) {
  const auto first = static_cast<unsigned char>(text[at++]);
  const int more = first >= 0xF0U ? 3 : first >= 0xE0U ? 2 : first >= 0xC0U ? 1 : 0;
  char32_t character = more == 0 ? first : first & (0x3FU >> static_cast<unsigned>(more));
  for (int i = 0; i < more && at < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if ((byte & 0xC0U) != 0x80U) break;
    character = character << 6U | (byte & 0x3FU);
    ++at;
  }
  return character;
}

struct Range {
  char32_t first, last;
};

// Of Unicode's tables, what is met in names: combining marks, joiners and selectors; East Asian and emoji.
constexpr std::array<Range, 12> without_width{{{0x300, 0x36F},
                                               {0x483, 0x489},
                                               {0x591, 0x5BD},
                                               {0x610, 0x61A},
                                               {0x64B, 0x65F},
                                               {0x1AB0, 0x1AFF},
                                               {0x1DC0, 0x1DFF},
                                               {0x200B, 0x200F},
                                               {0x20D0, 0x20FF},
                                               {0xFE00, 0xFE0F},
                                               {0xFE20, 0xFE2F},
                                               {0xE0100, 0xE01EF}}};
constexpr std::array<Range, 14> wide{{{0x1100, 0x115F},
                                      {0x231A, 0x231B},
                                      {0x23E9, 0x23F3},
                                      {0x2614, 0x2615},
                                      {0x2705, 0x2705},
                                      {0x274C, 0x274C},
                                      {0x2E80, 0x303E},
                                      {0x3041, 0xA4CF},
                                      {0xAC00, 0xD7A3},
                                      {0xF900, 0xFAFF},
                                      {0xFE30, 0xFE6F},
                                      {0xFF00, 0xFF60},
                                      {0x1F300, 0x1FAFF},
                                      {0x20000, 0x3FFFD}}};

template <std::size_t N>
bool is_in(const std::array<Range, N>& ranges, char32_t character) {
  return std::any_of(ranges.begin(), ranges.end(), [character](const Range& range) {
    return character >= range.first && character <= range.last;
  });
}

int columns_of(char32_t character) {
  if (character < 0x300) return 1;
  return is_in(without_width, character) ? 0 : is_in(wide, character) ? 2 : 1;
}

}  // namespace

Output::Output(Target target)
    : target_(target),
      descriptor_(target == Target::results ? STDOUT_FILENO : STDERR_FILENO),
      is_terminal_(isatty(descriptor_) == 1),
      has_colour_(is_terminal_ && wants_colour()) {}

void Output::write(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor_, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      if (target_ == Target::results) fail_to_write(errno);
      return;
    }
  }
}

int Output::width() const {
  winsize size{};
  if (!is_terminal_ || ioctl(descriptor_, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 0;
  return size.ws_col < narrowest ? narrowest : size.ws_col;
}

std::string Output::paint(Style style, std::string_view text) const {
  if (!has_colour_ || style == Style::plain || text.empty()) return std::string(text);
  return assay::text(escape_of(style), text, "\033[0m");
}

bool locale_is_utf8() {
  for (const char* variable : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    if (!is_set(variable)) continue;
    const std::string_view name = std::getenv(variable);
    return name.find("UTF-8") != std::string_view::npos || name.find("utf8") != std::string_view::npos;
  }
  return false;
}

int columns_of(std::string_view text) {
  int columns = 0;
  for (std::size_t at = 0; at < text.size();) columns += columns_of(next_character(text, at));
  return columns;
}

std::string cut(std::string_view text, int columns) {
  if (columns_of(text) <= columns) return std::string(text);
  constexpr std::string_view dots = "...";
  const int n_dots = std::clamp(columns, 0, 3);
  std::size_t end = 0;
  int used = 0;
  for (std::size_t at = 0; at < text.size(); end = at) {
    used += columns_of(next_character(text, at));
    if (used > columns - n_dots) break;
  }
  return std::string(text.substr(0, end)) + std::string(dots.substr(0, static_cast<std::size_t>(n_dots)));
}

std::string wrap(std::string_view text, int columns, std::string_view indent) {
  if (columns <= 0) return std::string(text);
  std::string out;
  int used = 0;
  for (const std::string& word : split(text, ' ')) {
    const int needed = columns_of(word);
    if (used > 0 && used + 1 + needed > columns) {
      out.append("\n").append(indent);
      used = 0;
    }
    if (used > 0) out += ' ';
    out += word;
    used += needed + (used > 0 ? 1 : 0);
  }
  return out;
}

}  // namespace assay::cli
