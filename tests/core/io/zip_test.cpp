#include "core/io/zip.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/inflate.h"
#include "core/text.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string packed() { return read_text(source_folder() + "/tests/datasets/arrays/packed.npz"); }

TEST(Zip, ListsAndUnpacksItsEntries) {
  const std::string bytes = packed();
  const ZipFile zip(bytes, "a.npz");

  EXPECT_THAT(zip.names(), ElementsAre("x_train.npy", "y_train.npy", "x_test.npy", "y_test.npy"));
  EXPECT_TRUE(zip.has("x_test.npy"));
  EXPECT_FALSE(zip.has("x_test"));
  EXPECT_THAT(zip.read("y_test.npy"), HasSubstr("NUMPY"));
}

TEST(Zip, WithAnotherChecksumIsDamaged) {
  std::string bytes = packed();
  const std::size_t entry = bytes.find("PK\1\2");
  bytes[entry + 16] = static_cast<char>(bytes[entry + 16] ^ 1);
  const ZipFile zip(bytes, "a.npz");

  const auto problems = problems_of([&] { zip.read("x_train.npy"); });

  ASSERT_EQ(problems.size(), 1U);
  EXPECT_THAT(to_string(problems[0]), HasSubstr("the checksum of entry x_train.npy is wrong"));
}

// A size in the table of entries that the packed bytes cannot have is no reason to take memory.
TEST(Zip, ThatClaimsToBeHugeIsRefusedAtOnce) {
  std::string bytes = packed();
  const std::size_t entry = bytes.find("PK\1\2");
  bytes.replace(entry + 24, 4, "\xF0\xFF\xFF\xFF");
  const ZipFile zip(bytes, "a.npz");

  EXPECT_EQ(problems_of([&] { zip.read("x_train.npy"); }).size(), 1U);
}

TEST(Inflate, MakesExactlyAsManyBytesAsAreSaid) {
  const std::string bytes(
      "\x78\x01\x01\x03\x00\xfc\xff"
      "abc\x02\x4d\x01\x27",
      14);  // zlib, stored
  const auto unpacked = [&](std::size_t size) { return inflated(bytes, DeflateFormat::zlib, size, "a"); };

  EXPECT_EQ(unpacked(3), "abc");
  EXPECT_EQ(problems_of([&] { unpacked(2); }).size(), 1U);
  EXPECT_EQ(problems_of([&] { unpacked(4); }).size(), 1U);
  EXPECT_EQ(problems_of([&] { inflated(bytes.substr(0, 13), DeflateFormat::zlib, 3, "a"); }).size(), 1U);
}

}  // namespace
}  // namespace assay::testing
