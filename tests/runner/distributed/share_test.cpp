// Who does which part.
#include "runner/engine/share.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::vector<std::int64_t> rows{10, 11, 12, 13, 14, 15, 16};

TEST(Share, FirstRanksHaveOneMoreWhereItDoesNotComeOutEven) {
  EXPECT_EQ(share_of(7, 0, 3).count, 3);
  EXPECT_EQ(share_of(7, 1, 3).first, 3);
  EXPECT_EQ(share_of(7, 2, 3).first, 5);
  EXPECT_EQ(share_of(7, 2, 3).count, 2);
}

TEST(Share, OfFewerThingsThanRanksTheLastHaveNone) {
  EXPECT_EQ(share_of(1, 0, 2).count, 1);
  EXPECT_EQ(share_of(1, 1, 2).count, 0);
}

TEST(Share, EveryBatchIsPartedInItsOwnOrder) {
  EXPECT_THAT(rows_to_train_on(rows, 3, false, 0, 2), ElementsAre(10, 11, 13, 14, 16));
  EXPECT_THAT(rows_to_train_on(rows, 3, false, 1, 2), ElementsAre(12, 15));
}

TEST(Share, ABatchThatIsDroppedIsNobodys) {
  EXPECT_THAT(rows_to_train_on(rows, 3, true, 0, 2), ElementsAre(10, 11, 13, 14));
  EXPECT_THAT(rows_to_train_on(rows, 3, true, 1, 2), ElementsAre(12, 15));
}

TEST(Share, WholeBatchesAreJudgedOneStretchForEachRank) {
  EXPECT_THAT(rows_to_judge(rows, 3, 0, 2), ElementsAre(10, 11, 12, 13, 14, 15));
  EXPECT_THAT(rows_to_judge(rows, 3, 1, 2), ElementsAre(16));
  EXPECT_THAT(rows_to_judge(rows, 10, 1, 2), IsEmpty());
}

}  // namespace
}  // namespace assay::engine
