#include "runner/cli/output.h"

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

bool starts_a_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }

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
  for (const char c : text) columns += starts_a_character(c) ? 1 : 0;
  return columns;
}

std::string cut(std::string_view text, int columns) {
  if (columns_of(text) <= columns) return std::string(text);
  constexpr std::string_view dots = "...";
  const int kept = columns > 3 ? columns - 3 : 0;
  std::size_t end = 0;
  for (int seen = 0; end < text.size(); ++end) {
    if (starts_a_character(text[end]) && seen++ == kept) break;
  }
  return std::string(text.substr(0, end)) +
         std::string(dots.substr(0, static_cast<std::size_t>(columns - kept)));
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
