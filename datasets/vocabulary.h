// Text to numbers: characters, bytes or words, numbered from 0.
//
//   const Tokens tokens = tokenize(text, "character", path);
//   tokens.numbers  [n] i64, tokens.vocabulary[tokens.numbers[0]] is the first character
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/array.h"

namespace assay::datasets {

struct Tokens {
  Array numbers;                        // [n] i64
  std::vector<std::string> vocabulary;  // what each number stands for, in ascending order of bytes
};

/// unit: `character` (code points of UTF-8), `byte` (always 256), or `word`: what stands between blanks, and
/// `<eol>` for every line end. The vocabulary is that of the whole text. Throws Kind::data, with the line,
/// where characters are asked for and the text is not UTF-8, or words and it holds zero bytes; `path` is for
/// that message.
Tokens tokenize(std::string_view text, std::string_view unit, const std::string& path);

/// The same with the numbers of a vocabulary that is known, in ascending order of bytes. Throws Kind::data
/// for a token that is not in it.
Tokens renumbered(Tokens tokens, const std::vector<std::string>& known, const std::string& path);

}  // namespace assay::datasets
