#include "plugins/pruners/median.h"

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

Decision decide(const MedianParams& params, const std::vector<Curve>& curves) {
  return Median(params, {}).decide(curves.back(), curves, false);
}

TEST(Median, StopsWhatIsWorseThanHalfOfTheOthers) {
  const MedianParams params{.startup = 3};

  EXPECT_EQ(decide(params, {curve(0, {1, 1}), curve(1, {2, 2}), curve(2, {3, 3}), curve(3, {2.5})}),
            Decision::stop);
  EXPECT_EQ(decide(params, {curve(0, {1, 1}), curve(1, {2, 2}), curve(2, {3, 3}), curve(3, {1.5})}),
            Decision::go_on);
}

TEST(Median, ComparesWithWhatOthersWereAtThatTime) {
  EXPECT_EQ(decide({.startup = 2}, {curve(0, {5, 1}), curve(1, {6, 1}), curve(2, {4})}), Decision::go_on);
}

TEST(Median, WaitsForEnoughOthers) {
  EXPECT_EQ(decide({.startup = 3}, {curve(0, {1}), curve(1, {1}), curve(2, {9})}), Decision::go_on);
}

TEST(Median, OfAnEvenNumberTheMedianIsTheMeanOfTheMiddleTwo) {
  const MedianParams params{.startup = 2};

  EXPECT_EQ(decide(params, {curve(0, {1}), curve(1, {2}), curve(2, {1.4})}), Decision::go_on);
  EXPECT_EQ(decide(params, {curve(0, {1}), curve(1, {2}), curve(2, {1.6})}), Decision::stop);
}

TEST(Median, ItsBestValueCountsNotItsLast) {
  EXPECT_EQ(decide({.startup = 1}, {curve(0, {2, 2}), curve(1, {1, 9})}), Decision::go_on);
}

TEST(Median, StopsNothingDuringTheWarmup) {
  EXPECT_EQ(decide({.startup = 1, .warmup = 2}, {curve(0, {1, 1}), curve(1, {9, 9})}), Decision::go_on);
}

TEST(Median, NothingButNotANumberIsTheWorst) {
  EXPECT_EQ(decide({.startup = 1}, {curve(0, {1}), curve(1, {std::numeric_limits<double>::quiet_NaN()})}),
            Decision::stop);
}

}  // namespace
}  // namespace assay::pruners
