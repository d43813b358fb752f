#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/contracts/split.h"
#include "tests/contracts/bound.h"
#include "tests/contracts/fake_dataset.h"

namespace assay::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Resubstitution, TrainsAndTestsOnAllRows) {
  const auto split = built<Split>(R"("resubstitution")");

  const SplitRows rows = split->rows(FakeDataset::regression(3));

  EXPECT_THAT(rows.train, ElementsAre(0, 1, 2));
  EXPECT_THAT(rows.valid, IsEmpty());
  EXPECT_THAT(rows.test, ElementsAre(0, 1, 2));
  EXPECT_TRUE(split->shares_rows());
}

TEST(Resubstitution, TestsOnWindowsThatLieEndToEnd) {
  const SplitRows rows = built<Split>(R"("resubstitution")")->rows(FakeSeries(8, 3, 1));

  EXPECT_THAT(rows.train, ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(rows.test, ElementsAre(0, 3));
}

}  // namespace
}  // namespace assay::testing
