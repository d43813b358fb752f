#include "datasets/idx_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/datasets/idx_bytes.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using datasets::read_idx;
using ::testing::ElementsAre;
using ::testing::SizeIs;

std::string complaint(const std::string& bytes) {
  const auto problems = problems_of([&] { read_idx(bytes, "images.idx"); });
  return problems.size() == 1 ? to_string(problems[0]) : "no problem, or many";
}

TEST(ReadIdx, GivesShapeAndValues) {
  const Array array = read_idx(idx_u8({2, 1, 3}, {1, 2, 3, 4, 5, 255}), "images.idx");

  EXPECT_EQ(array.dtype(), Dtype::u8);
  EXPECT_THAT(array.shape(), ElementsAre(2, 1, 3));
  EXPECT_EQ(array.as<std::uint8_t>()[5], 255);
}

TEST(ReadIdx, ReadsEveryTypeFromBigEndian) {
  const auto only = [](unsigned char type, std::string value) {
    return element(read_idx(idx_header(type, {1}) + std::move(value), "x"), 0);
  };
  EXPECT_EQ(only(0x09, "\xFE"), -2);
  EXPECT_EQ(only(0x0B, "\xFF\xFE"), -2);
  EXPECT_EQ(only(0x0C, std::string("\x00\x00\x01\x02", 4)), 258);
  EXPECT_EQ(only(0x0D, std::string("\x3F\xC0\x00\x00", 4)), 1.5);
  EXPECT_EQ(only(0x0E, std::string("\xC0\x04\x00\x00\x00\x00\x00\x00", 8)), -2.5);
}

TEST(ReadIdx, RefusesAnotherKindOfFile) {
  EXPECT_EQ(complaint("PK\x03\x04 and so on"),
            "images.idx: error: the file holds no IDX data: it begins with 50 4b 03 04\n"
            "  hint: IDX data begins with 00 00, a type from 08 to 0e and the number of dimensions, as 00 00 "
            "08 03 for "
            "images");
}

TEST(ReadIdx, RefusesAnUnknownType) {
  EXPECT_THAT(complaint(idx_header(0x0A, {1}) + "x"), ::testing::HasSubstr("it begins with 00 00 0a 01"));
}

TEST(ReadIdx, RefusesATruncatedFile) {
  EXPECT_EQ(complaint(idx_u8({2, 2}, {1, 2, 3})),
            "images.idx: error: the file is truncated: values of shape [2, 2] u8 take 4 bytes, there are 3\n"
            "  hint: get the file again");
  EXPECT_EQ(complaint(idx_u8({2, 2}, {}).substr(0, 9)),
            "images.idx: error: the file is truncated: it ends within its IDX header");
  EXPECT_THAT(complaint("ab"), ::testing::HasSubstr("the file is too short for IDX data: 2 bytes"));
}

TEST(ReadIdx, RefusesWhatFollowsTheData) {
  EXPECT_THAT(complaint(idx_u8({2}, {1, 2, 3})),
              ::testing::HasSubstr("the file is longer than its header says"));
}

TEST(ReadIdx, RefusesSizesWhoseProductOverflows) {
  EXPECT_THAT(complaint(idx_u8({0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF}, {1})),
              ::testing::HasSubstr("the file is truncated"));
}

}  // namespace
}  // namespace assay::testing
