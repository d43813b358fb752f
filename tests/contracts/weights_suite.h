// What holds for every format of weights: nothing changes on the way through a file, and what is no file of
// the format is an error of the data.
#pragma once

#include <algorithm>
#include <any>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/contracts/weights.h"
#include "tests/contracts/component.h"
#include "tests/support/files.h"

namespace assay::testing {

class WeightsSuite : public ::testing::TestWithParam<Component> {
 protected:
  std::unique_ptr<Weights> format() const {
    return GetParam().parts->build(GetParam().bind<Weights>(R"({"file": "unused"})"), {});
  }
  const WeightsFacet& facet() const { return *std::any_cast<WeightsFacet>(&GetParam().info->facet); }
  std::string file(std::string_view name) const {
    return folder_ / (std::string(name) + facet().endings.front());
  }

  TemporaryFolder folder_;
};

TEST_P(WeightsSuite, IsKnownByAnEnding) {
  ASSERT_FALSE(facet().endings.empty());
  for (const std::string& ending : facet().endings) EXPECT_THAT(ending, ::testing::StartsWith("."));
}

TEST_P(WeightsSuite, NothingChangesOnTheWayThroughAFile) {
  if (!facet().is_written || GetParam().info->find("like") != nullptr)
    GTEST_SKIP() << "writes no file by itself";
  WeightFile weights;
  weights.tensors.push_back(
      tensor_of("layers.0.weight", Array::of<float>({1, -2, 0.5F, 4}).reshaped({2, 2})));
  weights.tensors.push_back(tensor_of("layers.0.count", Array::of<std::int64_t>({1, 2, 3})));
  weights.tensors.push_back(tensor_of("layers.0.bias", Array(Dtype::f32, {0})));
  format()->write(file("a"), weights);

  const WeightFile back = format()->read(file("a"));

  ASSERT_EQ(back.tensors.size(), weights.tensors.size());
  for (const NamedTensor& tensor : weights.tensors) {
    const auto found = std::ranges::find(back.tensors, tensor.name, &NamedTensor::name);
    ASSERT_NE(found, back.tensors.end()) << tensor.name;
    const Array before = read(tensor), after = read(*found);
    EXPECT_EQ(before.dtype(), after.dtype()) << tensor.name;
    EXPECT_EQ(before.shape(), after.shape()) << tensor.name;
    EXPECT_TRUE(std::equal(before.data(), before.data() + before.bytes(), after.data())) << tensor.name;
  }
}

TEST_P(WeightsSuite, WhatIsNoFileOfItIsAnErrorOfTheData) {
  for (const std::string content : {"", "no weights at all", "PK\3\4", "\x89HDF\r\n\x1a\n"}) {
    const std::string path = folder_.write("bad" + facet().endings.front(), content);
    try {
      format()->read(path);
      ADD_FAILURE() << "read '" << content << "'";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), Kind::data) << error.what();
      EXPECT_FALSE(error.problems().empty());
    }
  }
}

}  // namespace assay::testing
