#include "runner/sweep/effects.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/text.h"

namespace assay::testing {
namespace {

using sweep::Effect;
using sweep::effects_of;
using sweep::Measured;
using ::testing::SizeIs;

Space two_parameters() {
  Parameter choice, number;
  choice.name = "optimizer";
  choice.n_choices = 2;
  number.name = "optimizer.lr";
  number.kind = Parameter::Kind::real;
  return {{choice, number}, {}};
}

std::string label(std::size_t, double value) { return text(value); }

TEST(Effects, AParameterThatDecidesAllExplainsAll) {
  std::vector<Measured> measured;
  for (int i = 0; i < 16; ++i)
    measured.push_back({{static_cast<double>(i % 2), i / 16.0}, i % 2 ? 0.9 : 0.5});

  const std::vector<Effect> effects = effects_of(two_parameters(), measured, label);

  ASSERT_THAT(effects, SizeIs(2));
  EXPECT_EQ(effects[0].parameter, 0U);
  EXPECT_DOUBLE_EQ(effects[0].share, 1);
  EXPECT_DOUBLE_EQ(effects[0].by_chance, 1.0 / 15);
  EXPECT_DOUBLE_EQ(effects[0].levels[1].mean, 0.9);
  EXPECT_NEAR(effects[1].share, 0, 1e-9);
}

TEST(Effects, NumbersAreCutIntoPartsOfEqualCount) {
  std::vector<Measured> measured;
  for (int i = 0; i < 16; ++i) measured.push_back({{0, i / 16.0}, static_cast<double>(i)});

  const std::vector<Effect> effects = effects_of(two_parameters(), measured, label);

  ASSERT_THAT(effects, SizeIs(1));  // a choice that was always the same has no effect to speak of
  ASSERT_THAT(effects[0].levels, SizeIs(4));
  EXPECT_EQ(effects[0].levels[0].count, 4U);
  EXPECT_EQ(effects[0].levels[0].label, "0 to 0.1875");
}

TEST(Effects, ConfigurationsWithoutTheParameterAreLeftOut) {
  std::vector<Measured> measured;
  for (int i = 0; i < 8; ++i)
    measured.push_back({{0, i < 4 ? std::nan("") : i / 8.0}, static_cast<double>(i)});

  const std::vector<Effect> effects = effects_of(two_parameters(), measured, label);

  ASSERT_THAT(effects, SizeIs(1));
  std::size_t n = 0;
  for (const auto& level : effects[0].levels) n += level.count;
  EXPECT_EQ(n, 4U);
}

}  // namespace
}  // namespace assay::testing
