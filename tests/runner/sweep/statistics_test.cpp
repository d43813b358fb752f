// Expected numbers are those of SciPy 1.17: scipy.stats.t and scipy.stats.ttest_rel.
#include "runner/sweep/statistics.h"

#include <array>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/random.h"

namespace assay::sweep {
namespace {

using ::testing::DoubleEq;
using ::testing::ElementsAre;

TEST(Statistics, QuantilesOfTAreThoseOfSciPy) {
  struct Row {
    double share, degrees, t;
  };
  for (const Row& row : {Row{0.975, 1, 12.706204736174694}, Row{0.975, 4, 2.7764451051977934},
                         Row{0.95, 9, 1.833112932656237}, Row{0.995, 30, 2.7499956535672254},
                         Row{0.01, 3, -4.5407028585681335}, Row{0.9999, 2.5, 34.867969321116306}}) {
    EXPECT_NEAR(t_quantile(row.share, row.degrees) / row.t, 1, 1e-11) << row.share << ' ' << row.degrees;
  }
}

TEST(Statistics, TheDistributionOfTIsThatOfSciPy) {
  struct Row {
    double t, degrees, share;
  };
  for (const Row& row : {Row{0, 3, 0.5}, Row{1.5, 1, 0.8128329581890011}, Row{-2.3, 7, 0.027495547602185796},
                         Row{12, 4, 0.9998617857257485}, Row{40, 2, 0.9996877926639076},
                         Row{0.01, 1000, 0.5039883590339064}}) {
    EXPECT_NEAR(t_cdf(row.t, row.degrees), row.share, 1e-12) << row.t << ' ' << row.degrees;
  }
}

TEST(Statistics, AMeanHasTheIntervalOfT) {
  const std::array<double, 5> values = {0.81, 0.79, 0.84, 0.80, 0.77};

  const Summary summary = summarise(values, 0.95);

  EXPECT_NEAR(summary.mean, 0.802, 1e-15);
  EXPECT_NEAR(summary.sd, 0.025884358211089552, 1e-15);
  EXPECT_NEAR(summary.low, 0.76986032429268, 1e-13);
  EXPECT_NEAR(summary.high, 0.8341396757073198, 1e-13);
}

TEST(Statistics, OfOneValueThereIsNoSpread) {
  const std::array<double, 1> value = {0.5};

  EXPECT_EQ(summarise(value, 0.95).mean, 0.5);
  EXPECT_TRUE(std::isnan(summarise(value, 0.95).sd));
}

TEST(Statistics, PairedTestsAreThoseOfSciPy) {
  const std::array<double, 5> a = {0.91, 0.93, 0.90, 0.94, 0.92}, b = {0.90, 0.91, 0.895, 0.92, 0.91};
  const std::array<double, 4> c = {1.2, 3.4, 2.2, 5.1}, d = {1.0, 3.9, 2.1, 4.4};

  EXPECT_NEAR(*paired_p(a, b), 0.012317352470240277, 1e-12);
  EXPECT_NEAR(*paired_p(c, d), 0.6466532168965985, 1e-12);
}

TEST(Statistics, HolmAdjustsStepByStep) {
  const std::array<double, 4> p = {0.01, 0.04, 0.03, 0.005};

  EXPECT_THAT(holm(p), ElementsAre(DoubleEq(0.03), DoubleEq(0.06), DoubleEq(0.06), DoubleEq(0.02)));
}

TEST(Statistics, WhatIsClearlyWorseLeavesAWinner) {
  const std::vector<Repeats> configurations = {{0.90, 0.91, 0.92, 0.91}, {0.80, 0.82, 0.81, 0.82}};

  const auto comparison = compare(configurations, true, 0.95);

  EXPECT_EQ(comparison->best, 0U);
  EXPECT_TRUE(comparison->has_winner());
}

TEST(Statistics, WithinTheNoiseThereIsNoWinner) {
  const std::vector<Repeats> configurations = {{0.90, 0.95, 0.85, 0.91}, {0.91, 0.87, 0.93, 0.88}};

  EXPECT_THAT(compare(configurations, true, 0.95)->tied, ElementsAre(0, 1));
}

TEST(Statistics, OneRunEachIsNoEvidence) {
  const std::vector<Repeats> configurations = {{0.90}, {0.10}};

  EXPECT_FALSE(compare(configurations, true, 0.95)->has_winner());
}

TEST(Statistics, WhatFailedEveryTimeIsNoCandidate) {
  const std::vector<Repeats> configurations = {{std::nullopt, std::nullopt}, {0.5, 0.6}};

  EXPECT_THAT(compare(configurations, false, 0.95)->tied, ElementsAre(1));
}

TEST(Statistics, RacingLeavesOutWhatCannotWin) {
  const std::vector<Repeats> configurations = {
      {0.100, 0.101, 0.102, 0.101}, {0.900, 0.901, 0.905, 0.902}, {0.100, 0.103, 0.100, 0.102}};

  EXPECT_THAT(cannot_win(configurations, false, 0.95, 5), ElementsAre(1));
}

// Of equal configurations, some look worse by chance: in at most one study of twenty any of them may be left
// out.
TEST(Statistics, RacingAmongEqualsSeldomLeavesOneOut) {
  int n_wrong = 0;
  for (std::uint64_t study = 0; study < 400; ++study) {
    Draws draws = Stream(study, "racing test").at(0, 0);
    std::vector<Repeats> configurations(4);
    bool is_wrong = false;
    for (int repeat = 0; repeat < 5; ++repeat) {
      for (Repeats& values : configurations) values.push_back(draws.normal());
      is_wrong = is_wrong || !cannot_win(configurations, true, 0.95, 5).empty();
    }
    n_wrong += is_wrong ? 1 : 0;
  }
  EXPECT_LT(n_wrong, 60);
}

}  // namespace
}  // namespace assay::sweep
