#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/plugins/samplers/spaces.h"

namespace assay::testing {
namespace {

TEST(Space, AStepGivesItsLowEndAndWhatItReaches) {
  const Parameter parameter = whole("width", 8, 30, 8);

  EXPECT_EQ(parameter.count(), 3);
  EXPECT_EQ(parameter.value(2), 24);
}

TEST(Space, RoundingDoesNotLoseTheLastStep) {
  Parameter parameter = real("rate", 0, 0.3);
  parameter.step = 0.1;

  EXPECT_EQ(parameter.count(), 4);
}

TEST(Space, ALogarithmicRangeIsSpreadEvenlyInTheLogarithm) {
  const Parameter parameter = real("lr", 1e-4, 1, true);

  EXPECT_NEAR(parameter.at(0.5), 1e-2, 1e-12);
  EXPECT_NEAR(parameter.at(0), 1e-4, 1e-15);
}

TEST(Space, EveryStepHasTheSameShare) {
  const Parameter parameter = whole("width", 1, 4);

  EXPECT_EQ(parameter.at(0.24), 1);
  EXPECT_EQ(parameter.at(0.26), 2);
  EXPECT_EQ(parameter.at(0.99), 4);
}

TEST(Space, ALogarithmicWholeNumberReachesBothEnds) {
  Parameter parameter = whole("width", 1, 64);
  parameter.is_log = true;

  EXPECT_EQ(parameter.at(0), 1);
  EXPECT_EQ(parameter.at(0.999999), 64);
}

TEST(Space, APointIsForbiddenOnlyWhereAllConditionsHold) {
  Space space = {{choice("a", 2), choice("b", 2)}, {{{0, {1}}, {1, {0}}}}};

  EXPECT_FALSE(space.is_allowed({1, 0}));
  EXPECT_TRUE(space.is_allowed({1, 1}));
}

TEST(Space, WhatIsNotActiveMeetsNoCondition) {
  const Space space = nested();
  const Point point = {0, 1e-3, std::nan(""), 8};

  EXPECT_FALSE(space.is_active(2, point));
  EXPECT_FALSE((Condition{2, {0.1}}.holds(point)));
}

}  // namespace
}  // namespace assay::testing
