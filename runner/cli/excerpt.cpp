#include "runner/cli/excerpt.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>

#include "core/text.h"
#include "runner/cli/output.h"

namespace assay::cli {
namespace {

constexpr std::uintmax_t largest_file = 64u << 20;
constexpr std::string_view dots = "...";

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

// The byte at which character `count` begins; the end if there are fewer.
std::size_t byte_of(std::string_view text, int count) {
  std::size_t at = 0;
  for (int seen = 0; at < text.size(); ++at) {
    if (!is_continuation(text[at]) && seen++ == count) break;
  }
  return at;
}

bool is_packed(std::ifstream& file) {
  char magic[2] = {};
  file.read(magic, 2);
  const bool is_gzip = file.gcount() == 2 && magic[0] == '\x1f' && magic[1] == '\x8b';
  file.clear();
  file.seekg(0);
  return is_gzip;
}

// Line `number` as the reader of configs counts them: without a byte order mark and without a final CR.
std::optional<std::string> read_line(const std::string& name, int number) {
  std::error_code failed;
  if (!std::filesystem::is_regular_file(name, failed)) return std::nullopt;
  if (std::filesystem::file_size(name, failed) > largest_file || failed) return std::nullopt;
  std::ifstream file(name, std::ios::binary);
  if (!file || is_packed(file)) return std::nullopt;
  std::string line;
  for (int i = 0; i < number; ++i) {
    if (!std::getline(file, line)) return std::nullopt;
  }
  if (number == 1 && line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

std::string shown(std::string_view text) {
  std::string out = printable(text);
  std::replace(out.begin(), out.end(), '\t', ' ');
  return out;
}

// Leaves a third of the width before the place, so that what follows can be read as well.
void cut_around_caret(Excerpt& excerpt, int columns) {
  const int total = columns_of(excerpt.text);
  if (total <= columns) return;
  const int n_dots = static_cast<int>(dots.size());
  const int first = std::clamp(excerpt.caret - columns / 3, 0, total - columns);
  const int last = first + columns;
  const bool is_cut_before = first > 0;
  const bool is_cut_after = last < total;
  const std::size_t from = byte_of(excerpt.text, is_cut_before ? first + n_dots : 0);
  const std::size_t to = byte_of(excerpt.text, is_cut_after ? last - n_dots : total);
  excerpt.text =
      assay::text(is_cut_before ? dots : "", excerpt.text.substr(from, to - from), is_cut_after ? dots : "");
  excerpt.caret -= first;
}

}  // namespace

std::optional<Excerpt> excerpt_of(const Where& where, int columns) {
  if (where.kind != Where::Kind::file || where.line < 1 || where.column < 1) return std::nullopt;
  const std::optional<std::string> line = read_line(std::string(where.name()), where.line);
  if (!line || trim(*line).empty()) return std::nullopt;
  const std::size_t place = byte_of(*line, where.column - 1);
  // What a control character becomes is longer than it was: the caret is below the text as it is shown.
  const std::string before = shown(std::string_view(*line).substr(0, place));
  Excerpt excerpt{where.line, before + shown(std::string_view(*line).substr(place)), columns_of(before)};
  excerpt.text.erase(excerpt.text.find_last_not_of(' ') + 1);
  cut_around_caret(excerpt, columns);
  return excerpt;
}

}  // namespace assay::cli
