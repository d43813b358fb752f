#include "core/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "datasets/vocabulary.h"
#include "tests/contracts/bound.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using datasets::tokenize;
using datasets::Tokens;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

std::vector<std::int64_t> numbers_of(const Array& array) {
  return {array.as<std::int64_t>(), array.as<std::int64_t>() + array.count()};
}

TEST(Tokens, OfCharactersAreCodePointsInAscendingOrder) {
  const Tokens tokens = tokenize(
      "b\xC3\xA4"
      "ab\n",
      "character", "file");

  EXPECT_THAT(tokens.vocabulary, ElementsAre("\n", "a", "b", "\xC3\xA4"));
  EXPECT_THAT(numbers_of(tokens.numbers), ElementsAre(2, 3, 1, 2, 0));
}

TEST(Tokens, OfBytesAreAlwaysTheSame) {
  const Tokens tokens = tokenize("a\xFF", "byte", "file");

  EXPECT_THAT(tokens.vocabulary, SizeIs(256));
  EXPECT_THAT(numbers_of(tokens.numbers), ElementsAre('a', 255));
}

TEST(Tokens, OfWordsKeepLineEnds) {
  const Tokens tokens = tokenize(" to be,\tor\r\nto", "word", "file");

  EXPECT_THAT(tokens.vocabulary, ElementsAre("<eol>", "be,", "or", "to"));
  EXPECT_THAT(numbers_of(tokens.numbers), ElementsAre(3, 1, 2, 0, 3));
}

TEST(Tokens, OfCharactersAreRefusedWithTheLineWhereTheTextIsNoUtf8) {
  for (const char* bad :
       {"ok\nx\xFFy", "ok\nx\xC3", "ok\nx\xC0\xAF", "ok\nx\xED\xA0\x80", "ok\nx\xF5\x80\x80\x80"}) {
    const auto problems = problems_of([&] { tokenize(bad, "character", "book.txt"); });

    ASSERT_THAT(problems, SizeIs(1));
    EXPECT_THAT(to_string(problems[0]), HasSubstr("book.txt:2:2: error: the file is not text in UTF-8"));
    EXPECT_THAT(problems[0].hint, HasSubstr("vocabulary: byte"));
  }
}

std::vector<std::int64_t> gathered(const Dataset& data, std::string_view column,
                                   const std::vector<std::int64_t>& rows) {
  std::vector<std::int64_t> out(rows.size() * static_cast<std::size_t>(data.facts().windows->length));
  data.gather(data.index_of(column), rows, reinterpret_cast<std::byte*>(out.data()));
  return out;
}

TEST(Text, RowsAreWindowsAndTheirTargetsOneTokenLater) {
  const TemporaryFolder folder;
  const std::string file = folder.write("digits.txt", "0123456789");
  const auto data = built<Dataset>(text(R"({"type": "text", "file": ")", file, R"(", "context": 3})"));

  EXPECT_EQ(data->facts().rows, 7);
  EXPECT_EQ(data->facts().task.kind, Task::Kind::language_model);
  EXPECT_EQ(data->facts().task.outputs, 10);
  EXPECT_THAT(gathered(*data, "x", {6, 0}), ElementsAre(6, 7, 8, 0, 1, 2));
  EXPECT_THAT(gathered(*data, "y", {6, 0}), ElementsAre(7, 8, 9, 1, 2, 3));
}

TEST(Text, NeedsATokenToPredict) {
  const TemporaryFolder folder;
  const std::string file = folder.write("short.txt", "0123");
  const auto config = [&](int context) {
    return text(R"({"type": "text", "file": ")", file, R"(", "context": )", context, "}");
  };

  EXPECT_EQ(built<Dataset>(config(3))->facts().rows, 1);
  const auto problems = problems_of([&] { built<Dataset>(config(4)); });
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(to_string(problems[0]), HasSubstr("the text has 4 characters, too few for one window"));
}

TEST(TinyShakespeare, IsSplitAsItsReferenceSplitsIt) {
  const auto data = built<Dataset>(R"({"type": "tiny_shakespeare", "context": 64})",
                                   {{source_folder() + "/datasets/data"}});
  EXPECT_EQ(data->facts().task.outputs, 65);
  EXPECT_EQ(data->facts().windows->series.count(), 1115394);

  const SplitRows rows = built<Split>(R"({"type": "order", "train": "90%", "valid": "10%"})")->rows(*data);

  EXPECT_EQ(rows.train.size(), 1003854U - 64);
  EXPECT_EQ(rows.train.back() + 64, 1003853);
  EXPECT_EQ(rows.valid.front(), 1003854);
  EXPECT_EQ(rows.valid.size(), 1742U);
}

}  // namespace
}  // namespace assay::testing
