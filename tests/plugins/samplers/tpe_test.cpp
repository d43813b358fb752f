#include "plugins/samplers/tpe.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <gtest/gtest.h>

#include "tests/plugins/samplers/spaces.h"

namespace assay::testing {
namespace {

/// Values of f at the points that a TPE sampler proposes one after the other.
template <class F>
std::vector<Seen> optimised(const Space& space, std::uint64_t seed, int n, const F& f) {
  const samplers::Tpe tpe({}, {space, seed});
  std::vector<Seen> seen;
  for (int k = 0; k < n; ++k) {
    Seen one{k, tpe.propose({k, 0, seen})};
    one.value = f(one.point);
    seen.push_back(one);
  }
  return seen;
}

TEST(Tpe, ComesNearTheLeastValue) {
  const Space space = {{real("x", -10, 10), real("lr", 1e-5, 1, true)}, {}};
  const auto seen = optimised(space, 3, 80, [](const Point& p) {
    return (p[0] - 2) * (p[0] - 2) + std::pow(std::log10(p[1]) + 3, 2);
  });

  double best = 1e9;
  for (const Seen& one : seen) best = std::min(best, one.value);
  EXPECT_LT(best, 0.05);
}

TEST(Tpe, LearnsWhichBranchOfAConditionIsGood) {
  const auto seen = optimised(nested(), 4, 80, [](const Point& p) {
    return p[0] == 0 ? 1 + std::abs(std::log10(p[1]) + 3) : std::abs(std::log10(p[2]) + 1);
  });

  int n_good = 0;
  for (std::size_t i = 40; i < seen.size(); ++i) n_good += seen[i].point[0] == 1 ? 1 : 0;
  EXPECT_GT(n_good, 25);  // of 40; 20 by chance
}

TEST(Tpe, KeepsAwayFromWhatRuns) {
  const Space space = {{real("x", 0, 1)}, {}};
  std::vector<Seen> seen = optimised(space, 5, 40, [](const Point& p) { return std::abs(p[0] - 0.5); });
  const samplers::Tpe tpe({}, {space, 5});
  std::vector<double> proposed;
  for (int k = 40; k < 60; ++k) {
    const Point point = tpe.propose({k, 0, seen});
    seen.push_back({k, point, Seen::State::running});
    proposed.push_back(point[0]);
  }

  double nearest = 1;
  for (std::size_t i = 0; i < proposed.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) nearest = std::min(nearest, std::abs(proposed[i] - proposed[j]));
  }
  EXPECT_GT(nearest, 0);
  EXPECT_GT(std::abs(*std::max_element(proposed.begin(), proposed.end()) -
                     *std::min_element(proposed.begin(), proposed.end())),
            0.05);
}

TEST(Tpe, KeepsAwayFromWhatFails) {
  const Space space = {{real("x", 0, 1)}, {}};
  const samplers::Tpe tpe({}, {space, 6});
  std::vector<Seen> seen;
  int n_late_failures = 0;
  for (int k = 0; k < 80; ++k) {
    Seen one{k, tpe.propose({k, 0, seen})};
    const bool fails = one.point[0] > 0.5;  // and would be best
    one.state = fails ? Seen::State::failed : Seen::State::done;
    one.value = fails ? 0 : 1 - one.point[0];
    if (k >= 40 && fails) ++n_late_failures;
    seen.push_back(one);
  }

  EXPECT_LT(n_late_failures, 25);
}

// What is forbidden is never tried, so that no bad result keeps proposals away from it.
TEST(Tpe, AmongForbiddenPointsItFindsAllowedOnes) {
  const Space space = {{choice("a", 3), choice("b", 3), real("x", 0, 1)}, {{{0, {0}}, {1, {1, 2}}}}};
  for (const bool multivariate : {true, false}) {
    const samplers::Tpe tpe({.multivariate = multivariate}, {space, 2});
    std::vector<Seen> seen;
    for (int k = 0; k < 60; ++k) {
      Ask ask{k, 0, seen};
      while (!space.is_allowed(tpe.propose(ask)) && ask.attempt < 20) ++ask.attempt;
      ASSERT_LT(ask.attempt, 20) << k;
      Seen one{k, tpe.propose(ask)};
      one.value = one.point[0] + one.point[1] + one.point[2];
      seen.push_back(one);
    }
  }
}

TEST(Tpe, ResultsAreASetWhoseOrderDoesNotMatter) {
  const Space space = nested();
  std::vector<Seen> seen = optimised(space, 8, 60, [](const Point& p) { return std::abs(p[3] - 32); });
  for (std::size_t i = 0; i < seen.size(); i += 7) seen[i].state = Seen::State::failed;
  const samplers::Tpe tpe({}, {space, 8});
  const Point first = tpe.propose({60, 0, seen});
  std::reverse(seen.begin(), seen.end());
  const Point second = tpe.propose({60, 0, seen});

  for (std::size_t i = 0; i < first.size(); ++i)
    EXPECT_TRUE(first[i] == second[i] || (std::isnan(first[i]) && std::isnan(second[i])));
}

TEST(Tpe, UntilThereAreEnoughResultsItDrawsAtRandom) {
  const Space space = {{real("x", 0, 1)}, {}};
  const samplers::Tpe tpe({.startup = 5}, {space, 9});
  std::vector<Seen> seen;
  for (int k = 0; k < 12; ++k) seen.push_back({k, {0.5}, Seen::State::failed});
  for (int k = 12; k < 16; ++k) seen.push_back({k, {0.5}});

  EXPECT_EQ(tpe.propose({16, 0, seen}), tpe.propose({16, 0, {}}));
  seen.push_back({16, {0.5}});
  EXPECT_NE(tpe.propose({17, 0, seen}), tpe.propose({17, 0, {}}));
}

TEST(Tpe, WhatWasStoppedEarlyIsWorseThanWhatWasStoppedLate) {
  const Space space = {{choice("a", 3)}, {}};
  const samplers::Tpe tpe({.candidates = 1}, {space, 10});
  std::vector<Seen> seen;
  for (int k = 0; k < 10; ++k) seen.push_back({k, {0}, Seen::State::stopped, 0.1, 0.25});
  for (int k = 10; k < 20; ++k) seen.push_back({k, {1}, Seen::State::stopped, 5, 0.5});
  std::array<int, 3> counts{};
  for (int k = 20; k < 220; ++k) ++counts[static_cast<std::size_t>(tpe.propose({k, 0, seen})[0])];

  EXPECT_GT(counts[1], counts[0] + 40);  // the two good ones are of these
}

TEST(Tpe, AnswersAfterTenThousandResults) {
  const Space space = nested();
  const samplers::Tpe tpe({}, {space, 7});
  std::vector<Seen> seen;
  for (int k = 0; k < 10'000; ++k) {
    const double branch = k % 2;
    Point point = {branch, branch == 0 ? 1e-3 : std::nan(""), branch == 1 ? 0.1 : std::nan(""),
                   8.0 + 8 * (k % 8)};
    seen.push_back({k, point, Seen::State::done, static_cast<double>(k % 100)});
  }

  const Point point = tpe.propose({10'000, 0, seen});
  EXPECT_TRUE(space.is_active(3, point));
  EXPECT_TRUE(std::isfinite(point[3]));
}

}  // namespace
}  // namespace assay::testing
