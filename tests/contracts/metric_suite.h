// What holds for every metric of scores and targets.
#pragma once

#include <cmath>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/contracts/tensor/metric.h"
#include "tests/contracts/loss_suite.h"

namespace assay::testing {

class MetricSuite : public ::testing::TestWithParam<Component> {
 protected:
  std::unique_ptr<Metric> build() const {
    return GetParam().parts->build(bind_filled<Metric>(GetParam()), Metric::Needs{.task = samples_.task});
  }
  void show(Metric& metric, std::int64_t first, std::int64_t count) const {
    metric.update(Outputs(samples_.scores(first, count)), samples_.batch(first, count));
  }
  static void expect_same(const Metric& a, const Metric& b, double tolerance) {
    const std::vector<Scalar> left = a.values(), right = b.values();
    ASSERT_EQ(left.size(), right.size());
    for (std::size_t i = 0; i < left.size(); ++i) {
      EXPECT_EQ(left[i].name, right[i].name);
      EXPECT_NEAR(left[i].value, right[i].value, tolerance * std::abs(right[i].value)) << left[i].name;
    }
  }

  ScoredSamples samples_{*GetParam().info};
};

TEST_P(MetricSuite, GivesNothingBeforeItSawSomething) { EXPECT_TRUE(build()->values().empty()); }

TEST_P(MetricSuite, GivesFiniteNumbers) {
  const auto metric = build();
  show(*metric, 0, 12);

  ASSERT_FALSE(metric->values().empty());
  for (const Scalar& scalar : metric->values()) EXPECT_TRUE(std::isfinite(scalar.value)) << scalar.name;
}

TEST_P(MetricSuite, BatchesAddUpToTheWhole) {
  const auto whole = build(), parts = build();
  show(*whole, 0, 12);
  show(*parts, 0, 5);
  show(*parts, 5, 7);

  expect_same(*parts, *whole, 1e-12);  // sums of f64 in another order
}

TEST_P(MetricSuite, ResetForgetsEverything) {
  const auto used = build(), fresh = build();
  show(*used, 0, 5);
  used->reset();
  EXPECT_TRUE(used->values().empty());

  show(*used, 5, 7);
  show(*fresh, 5, 7);
  expect_same(*used, *fresh, 0);
}

TEST_P(MetricSuite, SavedAndLoadedItGoesOnAsStraightOn) {
  const auto straight = build(), resumed = build();
  show(*straight, 0, 5);
  const State state = saved(*straight);
  resumed->load(StateReader(state));

  show(*straight, 5, 7);
  show(*resumed, 5, 7);
  expect_same(*resumed, *straight, 0);
}

}  // namespace assay::testing
