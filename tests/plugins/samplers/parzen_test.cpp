#include "plugins/samplers/parzen.h"

#include <array>
#include <cmath>

#include <gtest/gtest.h>

#include "tests/plugins/samplers/spaces.h"

namespace assay::testing {
namespace {

double integral(const Space& space, const std::vector<Point>& observed) {
  std::vector<const Point*> pointers;
  for (const Point& point : observed) pointers.push_back(&point);
  const std::array<std::size_t, 1> members = {0};
  const samplers::Parzen density(space, members, pointers, std::vector<double>(pointers.size(), 1.0));
  constexpr int n = 20'000;
  const Parameter& parameter = space.parameters[0];
  const double low = parameter.is_log ? std::log(parameter.low) : parameter.low;
  const double high = parameter.is_log ? std::log(parameter.high) : parameter.high;
  std::vector<Point> points;
  for (int i = 0; i < n; ++i) {
    const double x = low + (high - low) * (i + 0.5) / n;
    points.push_back({parameter.is_log ? std::exp(x) : x});
  }
  std::vector<double> logs(points.size(), 0.0);
  density.add_log_density(points, logs);
  double sum = 0;
  for (const double log : logs) sum += std::exp(log);
  return sum * (high - low) / n;
}

// The densities leave out the factor 1 / sqrt(2 pi) of a number.
constexpr double root_two_pi = 2.5066282746310002;

TEST(Parzen, ADensityIntegratesToOne) {
  const Space space = {{real("x", -1, 3)}, {}};

  EXPECT_NEAR(integral(space, {}) / root_two_pi, 1, 1e-6);
  EXPECT_NEAR(integral(space, {{-1.0}, {0.0}, {0.1}, {3.0}}) / root_two_pi, 1, 1e-6);
}

TEST(Parzen, ADensityInTheLogarithmIntegratesToOneThere) {
  EXPECT_NEAR(integral({{real("lr", 1e-5, 1, true)}, {}}, {{1e-4}, {1e-3}, {0.5}}) / root_two_pi, 1, 1e-6);
}

TEST(Parzen, ProbabilitiesOfChoicesAddUpToOne) {
  const Space space = {{choice("a", 3)}, {}};
  const Point first = {1}, second = {1}, third = {2};
  const std::vector<const Point*> observed = {&first, &second, &third};
  const std::array<std::size_t, 1> members = {0};
  const samplers::Parzen density(space, members, observed, std::vector<double>(observed.size(), 1.0));

  const std::vector<Point> points = {{0}, {1}, {2}};
  std::vector<double> logs(3, 0.0);
  density.add_log_density(points, logs);

  EXPECT_NEAR(std::exp(logs[0]) + std::exp(logs[1]) + std::exp(logs[2]), 1, 1e-12);
  EXPECT_GT(logs[1], logs[2]);
  EXPECT_GT(logs[2], logs[0]);
}

TEST(Parzen, WhatWeighsMoreIsDenser) {
  const Space space = {{real("x", 0, 1)}, {}};
  const Point low = {0.2}, high = {0.8};
  const std::vector<const Point*> observed = {&low, &high};
  const std::array<std::size_t, 1> members = {0};
  const std::array<double, 2> weights = {1.5, 0.5};
  const samplers::Parzen density(space, members, observed, weights);

  const std::vector<Point> points = {low, high};
  std::vector<double> logs(2, 0.0);
  density.add_log_density(points, logs);
  EXPECT_GT(logs[0], logs[1]);
}

TEST(Parzen, DrawsAsItsDensitySays) {
  const Space space = {{choice("a", 3)}, {}};
  const Point observed_point = {1};
  const std::vector<const Point*> observed = {&observed_point};
  const std::array<std::size_t, 1> members = {0};
  const samplers::Parzen density(space, members, observed, std::vector<double>(observed.size(), 1.0));
  const std::vector<Point> points = {{1}};
  std::vector<double> log(1, 0.0);
  density.add_log_density(points, log);

  Draws draws = Stream(1, "parzen test").at(0, 0);
  int n_hits = 0;
  constexpr int n = 40'000;
  for (int i = 0; i < n; ++i) {
    Point point = space.empty_point();
    density.draw(point, draws);
    n_hits += point[0] == 1 ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(n_hits) / n, std::exp(log[0]), 0.01);  // four standard errors
}

}  // namespace
}  // namespace assay::testing
