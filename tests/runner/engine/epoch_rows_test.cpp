#include "runner/engine/epoch_rows.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::engine {
namespace {

using ::testing::UnorderedElementsAreArray;

// Rows 10 to 109; nine of ten are of class 0, the others of class 1, none of class 2.
Prepared prepared() {
  Prepared made;
  std::vector<std::int64_t> labels;
  for (std::int64_t row = 0; row < 110; ++row) {
    labels.push_back(row % 10 == 0 ? 1 : 0);
    if (row >= 10) made.rows.train.push_back(row);
  }
  made.facts.task = {Task::Kind::classification, 3, {}};
  made.target = Array::of(labels);
  return made;
}

TrainSection train(std::string sample, bool shuffle = true) {
  TrainSection made;
  made.sample = std::move(sample);
  made.shuffle = shuffle;
  return made;
}

std::vector<std::int64_t> rows_of(const TrainSection& section, std::uint32_t epoch = 0) {
  return epoch_rows(section, prepared(), Stream(1, "shuffle").at(epoch, 0));
}

TEST(EpochRows, AreEachOnceInANewOrder) {
  const auto first = rows_of(train("each")), second = rows_of(train("each"), 1);

  EXPECT_THAT(first, UnorderedElementsAreArray(prepared().rows.train));
  EXPECT_THAT(second, UnorderedElementsAreArray(prepared().rows.train));
  EXPECT_NE(first, second);
}

TEST(EpochRows, KeepTheOrderOfTheDataIfNothingShuffles) {
  EXPECT_EQ(rows_of(train("each", false)), prepared().rows.train);
}

TEST(EpochRows, DrawnWithReplacementComeAgain) {
  auto rows = rows_of(train("with_replacement"));

  EXPECT_EQ(rows.size(), 100U);
  EXPECT_GE(*std::min_element(rows.begin(), rows.end()), 10);
  std::sort(rows.begin(), rows.end());
  const auto different = std::unique(rows.begin(), rows.end()) - rows.begin();
  EXPECT_NEAR(static_cast<double>(different), 63, 12);  // 1 - 1/e of them
}

TEST(EpochRows, BalancedGiveEveryClassItsShare) {
  const Prepared data = prepared();
  std::map<std::int64_t, int> counts;
  for (std::uint32_t epoch = 0; epoch < 20; ++epoch) {
    for (const std::int64_t row : rows_of(train("balanced"), epoch)) {
      ++counts[data.target.as<std::int64_t>()[row]];
    }
  }

  EXPECT_NEAR(counts[0], 1000, 90);  // four standard deviations
  EXPECT_EQ(counts[0] + counts[1], 2000);
}

}  // namespace
}  // namespace assay::engine
