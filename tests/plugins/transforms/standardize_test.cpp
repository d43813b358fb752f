#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/plugins/transforms/fitted.h"

namespace assay::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatEq;
using ::testing::FloatNear;
using ::testing::Pointwise;

TEST(Standardize, UsesThePopulationStandardDeviationOfEachFeature) {
  const Array block = Array::of<float>({1, 10, 3, 30}).reshaped({2, 2});  // means 2 and 20, sds 1 and 10

  const auto transform = fitted(R"("standardize")", {block});

  EXPECT_THAT(floats(transform->apply(block)), ElementsAre(-1.0F, -1.0F, 1.0F, 1.0F));
}

TEST(Standardize, MergesBlocksExactly) {
  const Array whole = Array::of<float>({1, 2, 3, 4, 10, 40}).reshaped({6, 1});
  const Array first = Array::of<float>({1, 2, 3, 4}).reshaped({4, 1});
  const Array second = Array::of<float>({10, 40}).reshaped({2, 1});

  const auto at_once = floats(fitted(R"("standardize")", {whole})->apply(whole));
  const auto in_blocks = floats(fitted(R"("standardize")", {first, second})->apply(whole));

  EXPECT_THAT(in_blocks, Pointwise(FloatEq(), at_once));
}

TEST(Standardize, LosesNoDigitsToALargeOffset) {
  // Naive sums of squares in double precision would leave nothing of a spread of 1 around 1e9.
  const Array block = Array::of<double>({1e9 - 1, 1e9 + 1, 1e9 - 1, 1e9 + 1}).reshaped({4, 1});

  const auto transform = fitted(R"("standardize")", {block});

  EXPECT_THAT(floats(transform->apply(block)), ElementsAre(-1.0F, 1.0F, -1.0F, 1.0F));
}

TEST(Standardize, AConstantFeatureBecomesZero) {
  const Array block = Array::of<std::uint8_t>({7, 0, 7, 2}).reshaped({2, 2});

  const auto transform = fitted(R"("standardize")", {block});

  EXPECT_THAT(floats(transform->apply(block)), ElementsAre(0.0F, -1.0F, 0.0F, 1.0F));
  const Array other = Array::of<std::uint8_t>({9, 1}).reshaped({1, 2});
  EXPECT_THAT(floats(transform->apply(other)), ElementsAre(2.0F, 0.0F));
}

TEST(Standardize, PerAllSharesOneMean) {
  const Array block = Array::of<float>({0, 2, 4, 6}).reshaped({2, 2});  // mean 3, variance 5

  const auto out = floats(fitted(R"({"type": "standardize", "per": "all"})", {block})->apply(block));

  const float sd = std::sqrt(5.0F);
  EXPECT_THAT(out, ElementsAre(FloatNear(-3 / sd, 1e-6F), FloatNear(-1 / sd, 1e-6F), FloatNear(1 / sd, 1e-6F),
                               FloatNear(3 / sd, 1e-6F)));
}

TEST(Standardize, PerChannelSharesOneMeanOverTheImage) {
  // [rows 1, channels 2, height 1, width 2]
  const Array block = Array::of<float>({1, 3, 100, 300}).reshaped({1, 2, 1, 2});

  const auto out = floats(fitted(R"({"type": "standardize", "per": "channel"})", {block})->apply(block));

  EXPECT_THAT(out, ElementsAre(-1.0F, 1.0F, -1.0F, 1.0F));
}

TEST(Standardize, InvertUndoesIt) {
  const Array block = Array::of<float>({1, 10, 3, 30, 8, -4}).reshaped({3, 2});
  const auto transform = fitted(R"("standardize")", {block});

  EXPECT_THAT(floats(transform->invert(transform->apply(block))), Pointwise(FloatNear(1e-5F), floats(block)));
}

}  // namespace
}  // namespace assay::testing
