// What holds for every pruner.
#pragma once

#include <cmath>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/contracts/pruner.h"
#include "tests/contracts/component.h"

namespace assay::testing {

class PrunerSuite : public ::testing::TestWithParam<Component> {
 protected:
  static std::unique_ptr<Pruner> pruner() { return GetParam().build<Pruner>(); }

  static Reading reading(std::int64_t epoch, double value) {
    return {static_cast<double>(epoch), 10 * epoch, value};
  }
  /// Of trials that all improve with training, to limits of their own.
  static double value_of(std::int64_t number, std::int64_t epoch) {
    return static_cast<double>((number * 7) % 11) + 1 / static_cast<double>(epoch);
  }
  /// Curves of different lengths, of which one is empty.
  static std::vector<Curve> some_curves() {
    std::vector<Curve> curves;
    for (std::int64_t number = 0; number < 30; ++number) {
      curves.push_back({number, {}});
      for (std::int64_t epoch = 1; epoch <= (number * 5) % 13; ++epoch)
        curves.back().readings.push_back(reading(epoch, value_of(number, epoch)));
    }
    return curves;
  }
  static std::vector<Decision> decisions(const Pruner& pruner, std::span<const Curve> curves,
                                         bool are_all_in = false) {
    std::vector<Decision> out;
    for (const Curve& curve : curves) out.push_back(pruner.decide(curve, curves, are_all_in));
    return out;
  }

  /// A sweep of so many trials on one worker; gives how many reached the last epoch.
  static int n_finished(const Pruner& pruner, std::int64_t n_trials, std::int64_t n_epochs) {
    std::vector<Curve> curves;
    std::vector<std::size_t> paused;
    int n_finished = 0;
    const auto train = [&](std::size_t which) {  // until it ends or pauses
      while (std::ssize(curves[which].readings) < n_epochs) {
        const std::int64_t epoch = std::ssize(curves[which].readings) + 1;
        curves[which].readings.push_back(reading(epoch, value_of(curves[which].number, epoch)));
        if (epoch == n_epochs) break;
        const Decision decision = pruner.decide(curves[which], curves, false);
        if (decision == Decision::pause) paused.push_back(which);
        if (decision != Decision::go_on) return;
      }
      ++n_finished;
    };
    const auto wake = [&](bool are_all_in) {  // trains what need not wait any longer
      for (std::size_t i = 0; i < paused.size(); ++i) {
        const std::size_t which = paused[i];
        const Decision decision = pruner.decide(curves[which], curves, are_all_in);
        if (decision == Decision::pause) continue;
        paused.erase(paused.begin() + static_cast<std::ptrdiff_t>(i));
        if (decision == Decision::go_on) train(which);
        return true;
      }
      return false;
    };
    for (std::int64_t number = 0; number < n_trials; ++number) {
      curves.push_back({number, {}});
      train(curves.size() - 1);
      while (wake(false)) continue;
    }
    while (wake(true)) continue;
    EXPECT_TRUE(paused.empty());
    return n_finished;
  }
};

TEST_P(PrunerSuite, TheSameCurvesGetTheSameDecisionFromAnotherObject) {
  const std::vector<Curve> curves = some_curves();
  EXPECT_EQ(decisions(*pruner(), curves), decisions(*pruner(), curves));
}

TEST_P(PrunerSuite, OtherQuestionsChangeNoDecision) {
  const std::vector<Curve> curves = some_curves();
  const auto asked = pruner();
  const std::vector<Decision> first = decisions(*asked, curves);
  decisions(*asked, std::span(curves).first(10), true);
  EXPECT_EQ(decisions(*asked, curves), first);
}

TEST_P(PrunerSuite, WhatWasNotEvaluatedGoesOn) {
  std::vector<Curve> curves = some_curves();
  curves.push_back({30, {}});
  for (const bool are_all_in : {false, true})
    EXPECT_EQ(pruner()->decide(curves.back(), curves, are_all_in), Decision::go_on);
}

TEST_P(PrunerSuite, NothingWaitsWhenWaitingBringsNothing) {
  EXPECT_THAT(decisions(*pruner(), some_curves(), true),
              ::testing::Not(::testing::Contains(Decision::pause)));
}

TEST_P(PrunerSuite, OfTrialsThatImproveOneReachesTheEnd) {
  for (const std::int64_t n_trials : {1, 2, 3, 10, 40}) {
    for (const std::int64_t n_epochs : {1, 5, 50})
      EXPECT_GE(n_finished(*pruner(), n_trials, n_epochs), 1)
          << n_trials << " trials, " << n_epochs << " epochs";
  }
}

TEST_P(PrunerSuite, DecidesWhateverTheValuesAre) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  for (const double value : {std::nan(""), infinity, -infinity, 0.0, std::numeric_limits<double>::max()}) {
    std::vector<Curve> curves = some_curves();
    for (std::size_t i = 0; i < curves.size(); i += 2) {
      for (Reading& reading : curves[i].readings) reading.value = value;
    }
    EXPECT_EQ(decisions(*pruner(), curves), decisions(*pruner(), curves)) << value;
    for (Curve& curve : curves) {
      for (Reading& reading : curve.readings) reading.value = value;
    }
    EXPECT_EQ(decisions(*pruner(), curves), decisions(*pruner(), curves)) << value;
  }
}

TEST_P(PrunerSuite, WhatIsNotFiniteIsNoBetterThanWhatIs) {
  std::vector<Curve> curves = some_curves();
  const Curve usual = curves[9];
  for (const double value : {std::nan(""), std::numeric_limits<double>::infinity()}) {
    curves[9] = usual;
    const Decision of_usual = pruner()->decide(curves[9], curves, true);
    for (Reading& reading : curves[9].readings) reading.value = value;
    if (of_usual == Decision::stop) {
      EXPECT_EQ(pruner()->decide(curves[9], curves, true), Decision::stop) << value;
    }
  }
}

}  // namespace assay::testing
