#include "plugins/pruners/asha.h"

#include <algorithm>
#include <limits>

#include <gtest/gtest.h>

namespace assay::pruners {
namespace {

Curve curve(std::int64_t number, std::vector<double> values) {
  Curve made{number, {}};
  for (std::size_t i = 0; i < values.size(); ++i)
    made.readings.push_back({static_cast<double>(i + 1), static_cast<std::int64_t>(10 * (i + 1)), values[i]});
  return made;
}

Decision decide(const std::vector<Curve>& curves, std::size_t which, bool are_all_in = false) {
  return Asha({}, {}).decide(curves[which], curves, are_all_in);
}

TEST(Asha, AtARungOneOfThreeGoesOn) {
  const std::vector<Curve> curves = {curve(0, {3}), curve(1, {1}), curve(2, {2})};

  EXPECT_EQ(decide(curves, 1), Decision::go_on);
  EXPECT_EQ(decide(curves, 0), Decision::pause);
  EXPECT_EQ(decide(curves, 2), Decision::pause);
}

TEST(Asha, WhatIsPausedGoesOnOnceEnoughCameInBehindIt) {
  std::vector<Curve> curves = {curve(0, {2}), curve(1, {1, 1})};
  EXPECT_EQ(decide(curves, 0), Decision::pause);

  for (std::int64_t k = 2; k < 6; ++k) curves.push_back(curve(k, {5}));
  EXPECT_EQ(decide(curves, 0), Decision::go_on);
}

TEST(Asha, WhenNothingElseComesAPauseIsAStop) {
  EXPECT_EQ(decide({curve(0, {2}), curve(1, {1})}, 0, true), Decision::stop);
}

TEST(Asha, WhenNothingElseComesTheBestOfTooFewGoesOn) {
  EXPECT_EQ(decide({curve(0, {2}), curve(1, {1})}, 1), Decision::pause);
  EXPECT_EQ(decide({curve(0, {2}), curve(1, {1})}, 1, true), Decision::go_on);
}

TEST(Asha, BetweenRungsATrialGoesOn) {
  EXPECT_EQ(decide({curve(0, {9, 9}), curve(1, {1, 1}), curve(2, {1, 1})}, 0), Decision::go_on);
}

TEST(Asha, TheNextRungsLieFurtherApart) {
  EXPECT_EQ(decide({curve(0, {9, 9, 9}), curve(1, {1, 1, 1}), curve(2, {2, 2, 2})}, 0), Decision::pause);
}

TEST(Asha, WhatDivergedIsStopped) {
  EXPECT_EQ(decide({curve(0, {std::numeric_limits<double>::infinity()})}, 0), Decision::stop);
}

TEST(Asha, ARungBetweenEvaluationsIsDecidedAtTheNextOne) {
  const auto every_other_epoch = [](std::int64_t number, double value) {
    return Curve{number, {{2, 20, value}, {4, 40, value}}};
  };
  const std::vector<Curve> curves = {every_other_epoch(0, 9), every_other_epoch(1, 1),
                                     every_other_epoch(2, 2)};

  EXPECT_EQ(decide(curves, 0), Decision::pause);  // the rung of 3 epochs
  EXPECT_EQ(decide(curves, 1), Decision::go_on);
}

// Of many equal trials exactly one of three goes on at each rung, in whatever order the curves are listed.
TEST(Asha, DecisionsDoNotDependOnTheOrderOfTheCurves) {
  std::vector<Curve> curves;
  for (std::int64_t k = 0; k < 9; ++k) curves.push_back(curve(k, {1}));
  for (int turn = 0; turn < 9; ++turn) {
    std::rotate(curves.begin(), curves.begin() + 1, curves.end());
    int n_going_on = 0;
    for (std::size_t i = 0; i < curves.size(); ++i)
      n_going_on += decide(curves, i) == Decision::go_on ? 1 : 0;
    EXPECT_EQ(n_going_on, 3);
  }
}

}  // namespace
}  // namespace assay::pruners
