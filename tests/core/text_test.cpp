#include "core/text.h"

#include <limits>

#include <gtest/gtest.h>

namespace assay {
namespace {

TEST(NumberText, ReadsBackAsTheSameNumber) {
  for (const double value : {0.1, 1e-5, 1.0 / 3, 1e300, -2.5, 123456789.0, 5e-324}) {
    EXPECT_EQ(parse_real(number_text(value)), value);
  }
  EXPECT_EQ(number_text(std::numeric_limits<double>::infinity()), "inf");
}

TEST(NumberText, WritesWholeNumbersAsPeopleDo) {
  EXPECT_EQ(number_text(100000), "100000");
  EXPECT_EQ(number_text(-3), "-3");
  EXPECT_EQ(number_text(1e-5), "1e-05");
  EXPECT_EQ(number_text(1e12), "1e+12");
}

TEST(ParseInteger, TakesTheWholeTextOrNothing) {
  EXPECT_EQ(parse_integer("010"), 10);
  EXPECT_EQ(parse_integer("-3"), -3);
  EXPECT_EQ(parse_integer("+3"), 3);
  EXPECT_FALSE(parse_integer("3 "));
  EXPECT_FALSE(parse_integer(""));
  EXPECT_FALSE(parse_integer("9223372036854775808"));
}

TEST(ParseReal, RefusesWhatOnlyProgrammersWrite) {
  EXPECT_EQ(parse_real("1E3"), 1000);
  EXPECT_EQ(parse_real(".5"), 0.5);
  EXPECT_FALSE(parse_real("nan"));
  EXPECT_FALSE(parse_real("infinity"));
  EXPECT_FALSE(parse_real("0x10"));
  EXPECT_FALSE(parse_real("1e"));
}

TEST(Glob, StarCrossesDots) {
  EXPECT_TRUE(glob_matches("*bn*", "layers.3.bn1.weight"));
  EXPECT_TRUE(glob_matches("layers.?.weight", "layers.3.weight"));
  EXPECT_FALSE(glob_matches("*weight", "layers.3.weights"));
  EXPECT_TRUE(glob_matches("*", ""));
  EXPECT_FALSE(glob_matches("", "x"));
}

TEST(Glob, DoesNotExplodeOnManyStars) {
  EXPECT_FALSE(glob_matches("*a*a*a*a*a*a*a*a*a*a*b", std::string(5000, 'a')));
}

TEST(Suggest, NamesTheNearestAndAllKnown) {
  EXPECT_EQ(suggest("weigth_decay", {"lr", "weight_decay"}),
            "did you mean 'weight_decay'? known: lr, weight_decay");
  EXPECT_EQ(suggest("zzz", {"lr", "betas"}), "known: lr, betas");
  EXPECT_EQ(closest("adm", {"sgd", "adam"}), "adam");
}

TEST(Printable, EscapesWhatWouldReachTheTerminal) {
  EXPECT_EQ(printable("a\x1b[31mb"), "a\\x1b[31mb");
  EXPECT_EQ(printable("caf\xc3\xa9"), "caf\xc3\xa9");
  EXPECT_EQ(printable("\xc3"), "\\xc3");
  EXPECT_EQ(printable("\xc2\x9b"), "\\xc2\\x9b");
}

TEST(Printable, ShowsMarksThatTurnTheOrderOfALine) {
  EXPECT_EQ(printable("a\u202eb\u2066c\u200fd"), "a\\xe2\\x80\\xaeb\\xe2\\x81\\xa6c\\xe2\\x80\\x8fd");
  EXPECT_EQ(printable("\u2028\ufeff\u061c"), "\\xe2\\x80\\xa8\\xef\\xbb\\xbf\\xd8\\x9c");
  EXPECT_EQ(printable("\u05d0\u200d\u2192\U0001F600"), "\u05d0\u200d\u2192\U0001F600");
}

TEST(Printable, TakesNoBytesThatAreNoCharacter) {
  EXPECT_EQ(printable("\xc0\x9b"), "\\xc0\\x9b");                    // longer than needed
  EXPECT_EQ(printable("\xe0\x80\x9b"), "\\xe0\\x80\\x9b");           // the same
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80");           // half of a pair
  EXPECT_EQ(printable("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");  // beyond Unicode
}

TEST(BytesText, ChoosesAUnit) {
  EXPECT_EQ(bytes_text(1), "1 byte");
  EXPECT_EQ(bytes_text(12), "12 bytes");
  EXPECT_EQ(bytes_text(1536), "1.5 KiB");
  EXPECT_EQ(bytes_text(std::uint64_t{3} << 30), "3.0 GiB");
}

}  // namespace
}  // namespace assay
