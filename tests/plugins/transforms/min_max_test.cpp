#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/plugins/transforms/fitted.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;

TEST(MinMax, BringsEachFeatureOfTheTrainingRowsToItsRange) {
  const Array first = Array::of<float>({0, 5, 10, 5}).reshaped({2, 2});
  const Array second = Array::of<float>({20, 5}).reshaped({1, 2});
  const auto transform = fitted(R"("min_max")", {first, second});

  EXPECT_THAT(floats(transform->apply(first)), ElementsAre(0, 0, 0.5F, 0));  // all the same: low
  EXPECT_THAT(floats(transform->apply(Array::of<float>({40, 5}).reshaped({1, 2}))), ElementsAre(2, 0));
}

TEST(MinMax, TakesAnyRange) {
  const Array block = Array::of<std::uint8_t>({0, 255, 51}).reshaped({3, 1});
  const auto transform = fitted(R"({"type": "min_max", "low": -1, "high": 1})", {block});

  EXPECT_THAT(floats(transform->apply(block)), ElementsAre(-1, 1, -0.6F));
  EXPECT_THAT(floats(transform->invert(transform->apply(block))), ElementsAre(0, 255, FloatNear(51, 1e-4F)));
}

TEST(MinMax, SharesARangeOverAChannel) {
  const Array block = Array::of<float>({0, 4, 10, 30}).reshaped({1, 2, 1, 2});

  EXPECT_THAT(floats(fitted(R"({"type": "min_max", "per": "channel"})", {block})->apply(block)),
              ElementsAre(0, 1, 0, 1));
}

}  // namespace
}  // namespace assay::testing
