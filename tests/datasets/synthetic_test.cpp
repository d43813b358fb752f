#include <cmath>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/contracts/bound.h"

namespace assay::testing {
namespace {

using ::testing::ElementsAre;

std::vector<float> floats(const Dataset& data, std::string_view column) {
  const ArrayView view = *data.column(data.index_of(column));
  return {view.as<float>(), view.as<float>() + view.count()};
}

std::vector<std::int64_t> integers(const Dataset& data, std::string_view column) {
  const ArrayView view = *data.column(data.index_of(column));
  return {view.as<std::int64_t>(), view.as<std::int64_t>() + view.count()};
}

TEST(Synthetic, MoreRowsLeaveTheFirstAsTheyAre) {
  for (const char* type : {"xor", "spirals", "blobs", "regression", "adding"}) {
    SCOPED_TRACE(type);
    const std::string name = std::string(R"({"type": ")") + type + R"(", "rows": )";
    const auto few = floats(*built<Dataset>(name + "4}"), "x");
    auto more = floats(*built<Dataset>(name + "8}"), "x");

    EXPECT_EQ(more.size(), 2 * few.size());
    more.resize(few.size());
    EXPECT_EQ(few, more);
  }
}

TEST(Synthetic, AnotherSeedGivesOtherNumbers) {
  EXPECT_NE(floats(*built<Dataset>(R"({"type": "xor", "seed": 0})"), "x"),
            floats(*built<Dataset>(R"({"type": "xor", "seed": 1})"), "x"));
}

TEST(Xor, IsClassOneWhereTheSignsDiffer) {
  const auto data = built<Dataset>(R"({"type": "xor", "rows": 100})");
  const auto x = floats(*data, "x");
  const auto y = integers(*data, "y");

  for (std::size_t row = 0; row < y.size(); ++row) {
    EXPECT_EQ(y[row], (x[2 * row] < 0) != (x[2 * row + 1] < 0) ? 1 : 0) << row;
    EXPECT_LE(std::abs(x[2 * row]), 1);
  }
}

TEST(Moons, WithoutNoiseAreTwoHalfCircles) {
  const auto data = built<Dataset>(R"({"type": "moons", "rows": 101, "noise": 0})");
  const auto x = floats(*data, "x");
  const auto y = integers(*data, "y");

  for (std::size_t row = 0; row < y.size(); ++row) {
    const double across = x[2 * row] - (y[row] == 0 ? 0 : 1), up = x[2 * row + 1] - (y[row] == 0 ? 0 : 0.5);
    EXPECT_NEAR(std::hypot(across, up), 1, 1e-6) << row;
    EXPECT_GE(y[row] == 0 ? up : -up, -1e-6) << row;
  }
  EXPECT_NEAR(x[2 * 100], -1, 1e-6);  // the first moon's end
  EXPECT_NEAR(x[2 * 99], 2, 1e-6);    // the second one's
}

TEST(Circles, WithoutNoiseHaveTheirRadius) {
  const auto data = built<Dataset>(R"({"type": "circles", "rows": 20, "noise": 0, "factor": 0.25})");
  const auto x = floats(*data, "x");

  for (std::size_t row = 0; row < 20; ++row) {
    EXPECT_NEAR(std::hypot(x[2 * row], x[2 * row + 1]), row % 2 == 0 ? 1 : 0.25, 1e-6);
  }
}

TEST(Spirals, HaveAnArmPerClassWithinTheUnitCircle) {
  const auto data = built<Dataset>(R"({"type": "spirals", "rows": 90, "classes": 3, "noise": 0})");
  const auto x = floats(*data, "x");
  const auto y = integers(*data, "y");

  EXPECT_EQ(data->facts().task.outputs, 3);
  for (std::size_t row = 0; row < 90; ++row) {
    const double radius = std::hypot(x[2 * row], x[2 * row + 1]);
    const double turned = std::atan2(x[2 * row + 1], x[2 * row]) / (2 * M_PI) - 1.5 * radius;
    const double arm = 3 * (turned - std::floor(turned));
    EXPECT_LE(radius, 1 + 1e-6);
    EXPECT_NEAR(std::remainder(arm - static_cast<double>(y[row]), 3), 0, 1e-3) << row;
  }
}

TEST(Blobs, WithoutSpreadAreTheirCenters) {
  const auto data = built<Dataset>(R"({"type": "blobs", "rows": 6, "spread": 0})");
  const auto x = floats(*data, "x");

  EXPECT_THAT(integers(*data, "y"), ElementsAre(0, 1, 2, 0, 1, 2));
  for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(x[i], x[i + 6]);
}

TEST(Regression, WithoutNoiseIsLinearInTheFirstFeatures) {
  const auto data =
      built<Dataset>(R"({"type": "regression", "rows": 50, "features": 3, "informative": 1, "noise": 0})");
  const auto x = floats(*data, "x");
  const auto y = floats(*data, "y");

  for (std::size_t row = 1; row < y.size(); ++row) {
    EXPECT_NEAR(y[row] / x[3 * row], y[0] / x[0], 1e-3 * std::abs(y[0] / x[0])) << row;
  }
}

TEST(Adding, SumsTheTwoNumbersThatAreMarked) {
  const auto data = built<Dataset>(R"({"type": "adding", "rows": 20, "length": 7})");
  const auto x = floats(*data, "x");
  const auto y = floats(*data, "y");

  for (std::size_t row = 0; row < y.size(); ++row) {
    float sum = 0, marks = 0;
    for (std::size_t i = 0; i < 7; ++i) {
      sum += x[(row * 7 + i) * 2] * x[(row * 7 + i) * 2 + 1];
      marks += x[(row * 7 + i) * 2 + 1];
    }
    EXPECT_EQ(marks, 2);
    EXPECT_FLOAT_EQ(y[row], sum);
  }
}

TEST(CopyMemory, AsksForTheSymbolsAfterTheDelay) {
  const auto data = built<Dataset>(R"({"type": "copy_memory", "rows": 2, "delay": 3, "memory": 2})");
  const auto x = integers(*data, "x");
  const auto y = integers(*data, "y");

  for (std::size_t at : {std::size_t{0}, std::size_t{7}}) {
    EXPECT_THAT(std::vector(x.begin() + static_cast<std::ptrdiff_t>(at) + 2,
                            x.begin() + static_cast<std::ptrdiff_t>(at) + 7),
                ElementsAre(0, 0, 9, 9, 9));
    EXPECT_THAT(std::vector(y.begin() + static_cast<std::ptrdiff_t>(at),
                            y.begin() + static_cast<std::ptrdiff_t>(at) + 7),
                ElementsAre(0, 0, 0, 0, 0, x[at], x[at + 1]));
    EXPECT_GE(x[at], 1);
    EXPECT_LE(x[at], 8);
  }
  EXPECT_EQ(data->facts().task.outputs, 10);
}

}  // namespace
}  // namespace assay::testing
