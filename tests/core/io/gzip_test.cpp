#include "core/io/gzip.h"

#include <string>

#include <gtest/gtest.h>

#include "tests/support/files.h"

namespace assay {
namespace {

using testing::problems_of;

/// Text that does not pack well, so that truncation hits its middle.
std::string noise(std::size_t size) {
  std::string out;
  unsigned state = 1;
  while (out.size() < size) {
    state = state * 1664525U + 1013904223U;
    out += static_cast<char>(state >> 24U);
  }
  return out;
}

TEST(Gzip, UnpacksWhatItPacked) {
  for (const std::size_t size : {0U, 1U, 1000U, 3000000U}) {
    const std::string bytes = noise(size);

    EXPECT_EQ(gunzip(gzip(bytes), "x.gz"), bytes) << size;
  }
}

TEST(Gzip, UnpacksWhatPacksWell) {
  const std::string bytes(20000000, 'a');  // the output is far larger than the input

  EXPECT_EQ(gunzip(gzip(bytes), "x.gz"), bytes);
}

TEST(Gzip, GivesTheSameBytesEveryTime) { EXPECT_EQ(gzip("the same"), gzip("the same")); }

TEST(Gzip, JoinsMembers) { EXPECT_EQ(gunzip(gzip("one ") + gzip("two"), "x.gz"), "one two"); }

TEST(Gzip, KnowsItsOwn) {
  EXPECT_TRUE(is_gzip(gzip("x")));
  EXPECT_FALSE(is_gzip("x"));
  EXPECT_FALSE(is_gzip(""));
}

TEST(Gunzip, SaysTruncatedWhereverItEnds) {
  const std::string whole = gzip(noise(2000));
  for (const std::size_t size : {std::size_t{2}, std::size_t{9}, whole.size() / 2, whole.size() - 1}) {
    const auto problems = problems_of([&] { gunzip(whole.substr(0, size), "train.gz"); });

    ASSERT_EQ(problems.size(), 1U) << size;
    EXPECT_EQ(
        to_string(problems[0]),
        "train.gz: error: is truncated: its gzip data end too early\n  hint: fetch or copy the file again")
        << size;
  }
}

TEST(Gunzip, SaysDamagedIfTheChecksumOrTheDataAreWrong) {
  std::string wrong_checksum = gzip("some text");
  wrong_checksum[wrong_checksum.size() - 8] ^= 1;
  std::string wrong_data = gzip(noise(2000));
  wrong_data[wrong_data.size() / 2] ^= 0x55;

  for (const std::string& bytes : {wrong_checksum, wrong_data}) {
    EXPECT_EQ(problems_of([&] { gunzip(bytes, "x.gz"); }).at(0).message,
              "is damaged: its gzip data or their checksum is wrong");
  }
}

TEST(Gunzip, RefusesWhatFollowsAndWhatIsNoGzip) {
  EXPECT_EQ(problems_of([] { gunzip(gzip("x") + "tail", "x.gz"); }).at(0).message,
            "has bytes after the end of its gzip data");
  EXPECT_EQ(problems_of([] { gunzip("plain", "x.gz"); }).at(0).message, "is not a gzip file");
}

TEST(Gunzip, StopsAtTheLimit) {
  const std::string bomb = gzip(std::string(50 << 20, '\0'));

  EXPECT_EQ(problems_of([&] { gunzip(bomb, "x.gz", 1 << 20); }).at(0).message,
            "unpacks to more than 1.0 MiB");
}

TEST(Gunzip, ErrorsAreOfTheData) {
  try {
    gunzip("plain", "x.gz");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Kind::data);
  }
}

}  // namespace
}  // namespace assay
