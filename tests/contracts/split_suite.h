// What holds for every split. Those with required parameters get the sample that samples.h has for them.
#pragma once

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/contracts/split.h"
#include "tests/contracts/component.h"
#include "tests/contracts/fake_dataset.h"
#include "tests/contracts/samples.h"

namespace assay::testing {

class SplitSuite : public ::testing::TestWithParam<Component> {
 protected:
  /// 90 rows of three classes, of which the last 30 are the publisher's test part.
  static FakeDataset data() {
    std::vector<std::int64_t> labels;
    SplitRows official;
    for (std::int64_t row = 0; row < 90; ++row) {
      labels.push_back(row % 3);
      (row < 60 ? official.train : official.test).push_back(row);
    }
    FakeDataset made = FakeDataset::labelled(labels, official);
    made.add("part", Array::of(labels));
    return made;
  }
  static SplitSample sample() { return split_sample(GetParam().info->name); }
  static std::unique_ptr<Split> split(const SplitSample& sample) {
    return GetParam().parts->build(GetParam().bind<Split>(sample.config), {});
  }
  SplitRows rows() const {
    const SplitSample made = sample();
    return split(made)->rows(data());
  }
};

TEST_P(SplitSuite, PartsAreOfTheDataAndDisjointUnlessItSaysOtherwise) {
  const SplitSample made = sample();
  const bool is_shared = split(made)->shares_rows();
  const SplitRows parts = rows();
  std::set<std::int64_t> seen;
  for (const auto* part : {&parts.train, &parts.valid, &parts.test}) {
    if (is_shared) seen.clear();
    for (const std::int64_t row : *part) EXPECT_TRUE(row >= 0 && row < 90 && seen.insert(row).second) << row;
  }
}

TEST_P(SplitSuite, LeavesRowsToTrainOn) { EXPECT_FALSE(rows().train.empty()); }

TEST_P(SplitSuite, GivesTheSamePartsEveryTime) {
  const SplitRows first = rows(), second = rows();
  EXPECT_EQ(first.train, second.train);
  EXPECT_EQ(first.valid, second.valid);
  EXPECT_EQ(first.test, second.test);
}

}  // namespace assay::testing
