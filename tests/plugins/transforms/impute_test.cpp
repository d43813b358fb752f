#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/plugins/transforms/fitted.h"

namespace assay::testing {
namespace {

using ::testing::ElementsAre;

constexpr float nan = std::numeric_limits<float>::quiet_NaN();

Array train() { return Array::of<float>({1, nan, nan, nan, 2, nan, 6, nan}).reshaped({4, 2}); }

TEST(Impute, TakesTheMeanOfWhatTheTrainingRowsHave) {
  const auto transform = fitted(R"({"type": "impute", "value": -7})", {train()});

  EXPECT_THAT(floats(transform->apply(Array::of<float>({nan, nan, 5, 5}).reshaped({2, 2}))),
              ElementsAre(3, -7, 5, 5));  // the second feature has no value in train
}

TEST(Impute, TakesTheMedian) {
  const auto transform = fitted(R"({"type": "impute", "with": "median"})", {train()});

  EXPECT_THAT(floats(transform->apply(Array::of<float>({nan, 1}).reshaped({1, 2}))), ElementsAre(2, 1));
}

TEST(Impute, TakesAConstantWithoutFitting) {
  const auto transform = fitted(R"({"type": "impute", "with": "constant", "value": 9})", {});

  EXPECT_THAT(floats(transform->apply(Array::of<float>({nan, 1}).reshaped({1, 2}))), ElementsAre(9, 1));
}

}  // namespace
}  // namespace assay::testing
