#include "datasets/vocabulary.h"

#include <algorithm>
#include <memory>
#include <unordered_map>
#include <utility>

#include "core/error.h"
#include "core/text.h"
#include "datasets/csv_table.h"

namespace assay::datasets {
namespace {

constexpr std::string_view end_of_line = "<eol>";

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

// Bytes of the code point that begins the text; 0 if it is none. Overlong forms, surrogates and numbers above
// U+10FFFF are none, and a zero byte is no text.
std::size_t code_point_bytes(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first == 0) return 0;
  if (first < 0x80) return 1;
  const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < size) return 0;
  if (!std::all_of(text.begin() + 1, text.begin() + static_cast<std::ptrdiff_t>(size), is_continuation))
    return 0;
  const auto second = static_cast<unsigned char>(text[1]);
  const bool is_overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool is_surrogate = first == 0xED && second >= 0xA0;
  const bool is_too_large = first == 0xF4 && second >= 0x90;
  return is_overlong || is_surrogate || is_too_large ? 0 : size;
}

[[noreturn]] void fail_no_text(std::string_view content, std::size_t at, const std::string& path) {
  const std::string_view before = content.substr(0, at);
  const auto line = static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1;
  const std::size_t line_start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  const std::string_view line_text = content.substr(line_start, content.find('\n', at) - line_start);
  throw Error(Kind::data, Problem{Where::file(std::make_shared<const std::string>(path), line,
                                              static_cast<int>(at - line_start) + 1),
                                  {},
                                  "the file is not text in UTF-8",
                                  "save it in UTF-8, or set `vocabulary: byte`",
                                  {text("line: ", shortened(line_text))}});
}

// Numbers tokens in the order in which they come, then by their bytes.
class Numbering {
 public:
  void add(std::string_view token) {
    const auto [found, is_new] = known_.try_emplace(token, static_cast<std::int64_t>(known_.size()));
    numbers_.push_back(found->second);
  }

  Tokens finish() {
    std::vector<std::pair<std::string_view, std::int64_t>> sorted(known_.begin(), known_.end());
    std::sort(sorted.begin(), sorted.end());
    Tokens out;
    std::vector<std::int64_t> final_number(sorted.size());
    for (const auto& [token, number] : sorted) {
      final_number[static_cast<std::size_t>(number)] = std::ssize(out.vocabulary);
      out.vocabulary.emplace_back(token);
    }
    for (std::int64_t& number : numbers_) number = final_number[static_cast<std::size_t>(number)];
    out.numbers = Array::of(numbers_);
    return out;
  }

 private:
  std::unordered_map<std::string_view, std::int64_t> known_;
  std::vector<std::int64_t> numbers_;
};

Tokens characters_of(std::string_view text, const std::string& path) {
  Numbering numbering;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = code_point_bytes(text.substr(at));
    if (size == 0) fail_no_text(text, at, path);
    numbering.add(text.substr(at, size));
    at += size;
  }
  return numbering.finish();
}

Tokens bytes_of(std::string_view text) {
  Tokens out;
  std::vector<std::int64_t> numbers;
  for (const char c : text) numbers.push_back(static_cast<unsigned char>(c));
  for (int byte = 0; byte < 256; ++byte) out.vocabulary.emplace_back(1, static_cast<char>(byte));
  out.numbers = Array::of(numbers);
  return out;
}

Tokens words_of(std::string_view text, const std::string& path) {
  if (const std::size_t zero = text.find('\0'); zero != std::string_view::npos)
    fail_no_text(text, zero, path);
  constexpr std::string_view blanks = " \t\r\f\v";
  Numbering numbering;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '\n') {
      numbering.add(end_of_line);
      ++at;
    } else if (blanks.find(text[at]) != std::string_view::npos) {
      ++at;
    } else {
      const std::size_t end = std::min(text.find_first_of(" \t\r\f\v\n", at), text.size());
      numbering.add(text.substr(at, end - at));
      at = end;
    }
  }
  return numbering.finish();
}

}  // namespace

Tokens tokenize(std::string_view text, std::string_view unit, const std::string& path) {
  if (unit == "byte") return bytes_of(text);
  if (unit == "word") return words_of(text, path);
  return characters_of(text, path);
}

Tokens renumbered(Tokens tokens, const std::vector<std::string>& known, const std::string& path) {
  std::vector<std::int64_t> numbers;
  for (const std::string& token : tokens.vocabulary) {
    const auto found = std::lower_bound(known.begin(), known.end(), token);
    if (found == known.end() || *found != token) {
      throw Error(Kind::data,
                  Problem{Where::path(path),
                          {},
                          text("holds '", shortened(token), "', which is not in the vocabulary of ",
                               known.size(), " that the model knows"),
                          "replace it in the text"});
    }
    numbers.push_back(found - known.begin());
  }
  auto* token = tokens.numbers.as<std::int64_t>();
  for (std::int64_t i = 0; i < tokens.numbers.count(); ++i)
    token[i] = numbers[static_cast<std::size_t>(token[i])];
  tokens.vocabulary = known;
  return tokens;
}

}  // namespace assay::datasets
