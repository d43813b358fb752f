#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/contracts/schedule.h"
#include "tests/contracts/bound.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::DoubleNear;
using ::testing::Pointwise;
using ::testing::SizeIs;

// A few rounding errors of numbers near 1.
constexpr double tolerance = 1e-15;

std::vector<double> factors(std::string_view config, std::int64_t total) {
  const auto schedule = built<Schedule>(config, {.total_steps = total});
  std::vector<double> out;
  for (std::int64_t step = 0; step <= total; ++step) out.push_back(schedule->factor(step));
  return out;
}

TEST(Cosine, FallsFromOneToZero) {
  const double half_root = std::sqrt(0.5);
  const std::vector<double> expected = {1, (1 + half_root) / 2, 0.5, (1 - half_root) / 2, 0};
  EXPECT_THAT(factors(R"("cosine")", 4), Pointwise(DoubleNear(tolerance), expected));
}

TEST(Cosine, FallsToItsFloor) {
  EXPECT_THAT(factors(R"({"type": "cosine", "floor": 0.2})", 2),
              Pointwise(DoubleNear(tolerance), std::vector<double>{1, 0.6, 0.2}));
}

TEST(Cosine, WarmupEndsWhereTheCosineBegins) {
  const std::vector<double> expected = {1.0 / 3, 2.0 / 3, 1, 0.75, 0.25, 0};  // cos(pi / 3) is 1/2
  EXPECT_THAT(factors(R"({"type": "cosine", "warmup": "2 steps"})", 5),
              Pointwise(DoubleNear(tolerance), expected));
}

TEST(Cosine, StaysAtItsFloorAfterTheEnd) {
  EXPECT_EQ(built<Schedule>(R"({"type": "cosine", "floor": 0.1})", {.total_steps = 4})->factor(1000), 0.1);
}

TEST(Cosine, RefusesARunWithoutAnEnd) {
  const auto problems = problems_of([] { built<Schedule>(R"("cosine")", {.total_steps = 0}); });
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(to_string(problems[0]),
            "error: schedule is cosine, but the run is bounded by time only, so its last step is not known\n"
            "  hint: bound train.until by epochs or steps, or set `schedule: constant`");
}

}  // namespace
}  // namespace assay::testing
