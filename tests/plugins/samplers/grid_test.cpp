#include "plugins/samplers/grid.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/plugins/samplers/spaces.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

std::vector<Point> all_points(const Space& space) {
  const samplers::Grid grid({}, {space, 0});
  std::vector<Point> out;
  for (std::int64_t k = 0; k < *grid.count(); ++k) out.push_back(grid.propose({k, 0, {}}));
  return out;
}

// nan equals nan here.
std::vector<double> plain(Point point) {
  for (double& value : point) value = std::isnan(value) ? -1 : value;
  return point;
}

TEST(Grid, TheLastParameterMovesFastest) {
  const auto points = all_points({{choice("a", 2), whole("b", 5, 7)}, {}});

  ASSERT_THAT(points, SizeIs(6));
  EXPECT_THAT(points[0], ElementsAre(0, 5));
  EXPECT_THAT(points[1], ElementsAre(0, 6));
  EXPECT_THAT(points[3], ElementsAre(1, 5));
}

TEST(Grid, ABranchThatIsNotTakenCountsOnce) {
  const Space space = {{choice("optimizer", 3), choice("optimizer[0].lr", 4, {{0, {0}}}),
                        choice("optimizer[1].lr", 5, {{0, {1}}})},
                       {}};

  EXPECT_EQ(*samplers::Grid({}, {space, 0}).count(), 4 + 5 + 1);
}

TEST(Grid, HoldsEveryAllowedCombinationOnceAndNoOther) {
  const Space space = {{choice("a", 3), choice("b", 3), choice("c", 2, {{0, {1, 2}}}), choice("d", 2)},
                       {{{0, {0}}, {1, {1}}}, {{1, {2}}, {2, {1}}}}};
  std::set<std::vector<double>> expected;
  for (double a = 0; a < 3; ++a) {
    for (double b = 0; b < 3; ++b) {
      for (double c = a == 0 ? -1 : 0; c < (a == 0 ? 0 : 2); ++c) {
        for (double d = 0; d < 2; ++d) {
          if ((a == 0 && b == 1) || (b == 2 && c == 1)) continue;
          expected.insert({a, b, c, d});
        }
      }
    }
  }

  std::set<std::vector<double>> found;
  const auto points = all_points(space);
  for (const Point& point : points) found.insert(plain(point));

  EXPECT_EQ(found, expected);
  EXPECT_EQ(points.size(), expected.size());
}

TEST(Grid, CountsWhatNobodyCouldList) {
  Space space;
  for (int i = 0; i < 12; ++i) space.parameters.push_back(whole("x", 0, 9));
  const samplers::Grid grid({}, {space, 0});

  EXPECT_EQ(*grid.count(), 1'000'000'000'000);
  EXPECT_THAT(grid.propose({999'999'999'998, 0, {}}), ElementsAre(9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 8));
}

TEST(Grid, ARangeWithoutStepsIsRefused) {
  const auto problems = problems_of([] { samplers::Grid({}, {{{real("lr", 0, 1)}, {}}, 0}); });

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("no finite number of values"));
  EXPECT_THAT(problems[0].hint, HasSubstr("step"));
}

TEST(Grid, WithoutParametersThereIsOnePoint) { EXPECT_EQ(*samplers::Grid({}, {{}, 0}).count(), 1); }

}  // namespace
}  // namespace assay::testing
