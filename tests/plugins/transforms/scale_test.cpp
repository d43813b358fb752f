#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/contracts/transform.h"
#include "tests/contracts/bound.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

std::vector<float> floats(const Array& array) {
  EXPECT_EQ(array.dtype(), Dtype::f32);
  return {array.as<float>(), array.as<float>() + array.count()};
}

TEST(Scale, BringsEightBitValuesToZeroToOneByDefault) {
  const Array block = Array::of<std::uint8_t>({0, 51, 255}).reshaped({1, 3});

  const Array out = built<Transform>(R"("scale")")->apply(block);

  EXPECT_EQ(out.shape(), (std::vector<std::int64_t>{1, 3}));
  EXPECT_THAT(floats(out), ElementsAre(0.0F, 0.2F, 1.0F));
}

TEST(Scale, MultipliesThenAdds) {
  const Array block = Array::of<float>({0, 1, -2});
  EXPECT_THAT(floats(built<Transform>(R"({"type": "scale", "factor": 0.5, "offset": 3})")->apply(block)),
              ElementsAre(3.0F, 3.5F, 2.0F));
}

TEST(Scale, DividesByAnotherNumber) {
  const Array block = Array::of<std::int64_t>({0, 4, 16});
  EXPECT_THAT(floats(built<Transform>(R"({"type": "scale", "divide_by": 16})")->apply(block)),
              ElementsAre(0.0F, 0.25F, 1.0F));
}

TEST(Scale, InvertUndoesIt) {
  const auto scale = built<Transform>(R"({"type": "scale", "divide_by": 4, "offset": 1})");
  const Array block = Array::of<float>({0, 1, -2});
  EXPECT_EQ(floats(scale->invert(scale->apply(block))), floats(block));
}

TEST(Scale, RefusesToMultiplyAndDivide) {
  const auto problems =
      problems_of([] { bound<Transform>(R"({"type": "scale", "factor": 2, "divide_by": 16})"); });
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("factor and divide_by are not both written"));
}

TEST(Scale, RefusesZero) {
  EXPECT_THAT(problems_of([] { bound<Transform>(R"({"type": "scale", "divide_by": 0})"); }), SizeIs(1));
  EXPECT_THAT(problems_of([] { bound<Transform>(R"({"type": "scale", "factor": 0})"); }), SizeIs(1));
}

}  // namespace
}  // namespace assay::testing
