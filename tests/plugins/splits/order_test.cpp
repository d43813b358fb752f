#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/contracts/split.h"
#include "tests/contracts/bound.h"
#include "tests/contracts/fake_dataset.h"

namespace assay::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Order, KeepsTheOrderOfTheData) {
  const SplitRows rows =
      built<Split>(R"({"type": "order", "valid": "20%", "test": "10%"})")->rows(FakeDataset::regression(10));

  EXPECT_THAT(rows.train, ElementsAre(0, 1, 2, 3, 4, 5, 6));
  EXPECT_THAT(rows.valid, ElementsAre(7, 8));
  EXPECT_THAT(rows.test, ElementsAre(9));
}

TEST(Order, LeavesOutWhatNoPartTakes) {
  const SplitRows rows =
      built<Split>(R"({"type": "order", "train": "50%"})")->rows(FakeDataset::regression(5));

  EXPECT_THAT(rows.train, ElementsAre(0, 1));
  EXPECT_THAT(rows.valid, IsEmpty());
  EXPECT_THAT(rows.test, IsEmpty());
}

TEST(Order, CutsASeriesSoThatNoWindowCrosses) {
  const auto data = FakeSeries(20, 3, 1);

  const SplitRows rows = built<Split>(R"({"type": "order", "train": "50%", "valid": "50%"})")->rows(data);

  // Positions 0 to 9 and 10 to 19: the last target of train is position 9.
  EXPECT_THAT(rows.train, ElementsAre(0, 1, 2, 3, 4, 5, 6));
  EXPECT_THAT(rows.valid, ElementsAre(10, 13, 16));
}

TEST(Order, TrainsOnWindowsAtTheirStride) {
  const SplitRows rows = built<Split>(R"({"type": "order", "valid": "50%"})")->rows(FakeSeries(20, 3, 3));

  EXPECT_THAT(rows.train, ElementsAre(0, 3, 6));
}

}  // namespace
}  // namespace assay::testing
