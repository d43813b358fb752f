#include <cstring>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/plugins/weights/support.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class SafetensorsTest : public ::testing::Test {
 protected:
  /// The file with this header, and so many bytes behind it.
  std::string write(const std::string& header, std::size_t data_bytes) const {
    std::string bytes(8, '\0');
    const std::uint64_t length = header.size();
    std::memcpy(bytes.data(), &length, sizeof length);
    return folder_.write("a.safetensors", bytes + header + std::string(data_bytes, '\1'));
  }
  std::string refusal(const std::string& header, std::size_t data_bytes) const {
    const std::string path = write(header, data_bytes);
    const auto problems = problems_of([&] { weights_format("safetensors")->read(path); });
    return problems.empty() ? "read" : problems[0].message;
  }

  TemporaryFolder folder_;
};

TEST_F(SafetensorsTest, WhatIsWrittenIsReadBackInItsOrder) {
  const std::string path = folder_ / "a.safetensors";
  weights_format("safetensors")->write(path, example_weights());

  const WeightFile file = weights_format("safetensors")->read(path);

  expect_same(file, example_weights());
  EXPECT_EQ(names_of(file), names_of(example_weights()));
  EXPECT_EQ(file.notes, example_weights().notes);
}

TEST_F(SafetensorsTest, NumbersAreAlignedToTheirSize) {
  const std::string path = folder_ / "a.safetensors";
  weights_format("safetensors")->write(path, example_weights());
  const std::string bytes = read_text(path);
  std::uint64_t header = 0;
  std::memcpy(&header, bytes.data(), sizeof header);

  EXPECT_EQ(header % 8, 0U);
  EXPECT_THAT(bytes,
              HasSubstr(R"("layers.1.num_batches_tracked":{"dtype":"I64","shape":[],"data_offsets":[0,8]})"));
}

TEST_F(SafetensorsTest, ReadsWhatPythonWrote) {
  const WeightFile file = weights_format("safetensors")->read(recorded_weights("resnet18.safetensors"));

  EXPECT_FALSE(file.is_in_order);
  EXPECT_EQ(tensor_named(file, "conv1.weight").shape, (std::vector<std::int64_t>{4, 3, 7, 7}));
  EXPECT_EQ(tensor_named(file, "bn1.num_batches_tracked").dtype, Dtype::i64);
  EXPECT_THAT(file.notes, ElementsAre(std::pair<std::string, std::string>("format", "pt")));
}

TEST_F(SafetensorsTest, RefusesPlacesOutsideOfTheFile) {
  EXPECT_THAT(refusal(R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}})", 8), HasSubstr("is cut"));
}

TEST_F(SafetensorsTest, RefusesTensorsThatOverlap) {
  EXPECT_THAT(refusal(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},)"
                      R"("b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}})",
                      6),
              HasSubstr("b does not begin where the tensor before it ends"));
}

TEST_F(SafetensorsTest, RefusesAShapeThatDoesNotFillItsPlace) {
  EXPECT_THAT(refusal(R"({"a":{"dtype":"F32","shape":[3],"data_offsets":[0,16]}})", 16),
              HasSubstr("a [3] does not fill its place"));
  EXPECT_THAT(refusal(R"({"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,16]}})", 16),
              HasSubstr("does not fill its place"));
}

TEST_F(SafetensorsTest, RefusesBytesThatNoTensorHas) {
  EXPECT_THAT(refusal(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}})", 5),
              HasSubstr("by 1 bytes"));
}

TEST_F(SafetensorsTest, NamesATypeThatItDoesNotHold) {
  EXPECT_EQ(refusal(R"({"a":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]}})", 4),
            "a is of type F8_E4M3, which assay does not hold");
}

TEST_F(SafetensorsTest, RefusesAHeaderThatIsLargerThanTheFile) {
  const std::string path = folder_.write("a.safetensors", std::string("\xFF\xFF\xFF\xFF\xFF\0\0\0{}", 10));

  const auto problems = problems_of([&] { weights_format("safetensors")->read(path); });

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("claims a header of 1099511627775 bytes"));
}

}  // namespace
}  // namespace assay::testing
