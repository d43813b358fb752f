// Text to learn to go on with: `dataset: {type: text, file: book.txt, context: 128}`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "datasets/files.h"
#include "registry/contracts/dataset.h"

namespace assay::datasets {

/// What every text says of the windows that a model sees.
struct TextWindows {
  std::int64_t context = 64;
  std::string windows = "random";

  /// The first 90% to train on, the last 10% to validate on.
  DatasetOutline outline() const;

  template <class P>
  static void describe_windows(Fields<P>& f) {
    std::int64_t P::*context = &P::context;
    std::string P::*windows = &P::windows;
    f("context", context, "tokens that a model sees at once", at_least(1));
    f("windows", windows,
      "what is trained on: `random`, windows that begin at any token, of which an epoch sees each once; "
      "`sequential`, windows that lie end to end. What is judged is always end to end",
      one_of({"random", "sequential"}));
  }
};

struct TextParams : TextWindows {
  static constexpr bool reads_input = true;
  Path file;
  std::string vocabulary = "character";

  static void describe(Fields<TextParams>& f) {
    f.about(
        "A plain text, packed or not: x [context] i64 is a window of tokens, y [context] i64 the token that "
        "follows each of them. Windows overlap and are read from one series, so that any context takes the "
        "same memory. Split it by `order`: other splits tear the text apart.");
    f("file", &TextParams::file, "the text", required);
    f("vocabulary", &TextParams::vocabulary,
      "what a token is: `character` of UTF-8, `byte` (256 tokens), or `word`, which is what stands between "
      "blanks, and `<eol>` at every line end. The vocabulary is that of the whole text, in ascending order "
      "of bytes",
      one_of({"character", "byte", "word"}));
    describe_windows(f);
  }
};

struct TinyShakespeareParams : TextWindows {
  static constexpr bool reads_input = true;
  static std::vector<Publication> publications();

  static void describe(Fields<TinyShakespeareParams>& f) {
    f.about(
        "1115394 characters of Shakespeare's plays, 65 of them different: x [context] i64, y [context] i64 "
        "the characters that follow. Ships with assay.");
    f.source("Karpathy 2015, char-rnn, data/tinyshakespeare");
    describe_windows(f);
  }
};

/// Rows are the windows of one series of token numbers; the task's classes are the tokens.
class TextDataset : public Dataset {
 public:
  const DatasetFacts& facts() const override { return facts_; }
  std::optional<ArrayView> column(std::size_t /*index*/) const override { return std::nullopt; }

 protected:
  /// Throws Kind::data if the text is no text of that vocabulary, or too short for one window.
  void fill(const ReadFile& file, std::string_view vocabulary, const TextWindows& windows,
            const Needs& needs);

 private:
  DatasetFacts facts_;
};

class Text final : public TextDataset {
 public:
  using Params = TextParams;
  Text(const Params& params, const Needs& needs);
};

class TinyShakespeare final : public TextDataset {
 public:
  using Params = TinyShakespeareParams;
  TinyShakespeare(const Params& params, const Needs& needs);
};

}  // namespace assay::datasets
