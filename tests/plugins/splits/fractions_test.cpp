#include "plugins/splits/fractions.h"

#include <algorithm>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/contracts/split.h"
#include "tests/contracts/bound.h"
#include "tests/contracts/fake_dataset.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using splits::part_counts;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<std::int64_t> labels_of(std::initializer_list<std::int64_t> counts) {
  std::vector<std::int64_t> labels;
  std::int64_t label = 0;
  for (const std::int64_t n : counts) labels.insert(labels.end(), static_cast<std::size_t>(n), label++);
  return labels;
}

std::int64_t count_of(std::int64_t label, const std::vector<std::int64_t>& labels,
                      const std::vector<std::int64_t>& rows) {
  return std::count_if(rows.begin(), rows.end(),
                       [&](std::int64_t row) { return labels[static_cast<std::size_t>(row)] == label; });
}

TEST(PartCounts, AreExactWhereSharesGiveWholeRows) {
  EXPECT_THAT(part_counts({0.7, 0.15, 0.15}, 100), ElementsAre(70, 15, 15));
  EXPECT_THAT(part_counts({0.7, 0.2, 0.1}, 10), ElementsAre(7, 2, 1));
}

TEST(PartCounts, GiveTheLastRowsToTheLargestRemainders) {
  // 0.7 * 13 = 9.1, 0.15 * 13 = 1.95 twice: 9 + 1 + 1, and the two left go to valid and test.
  EXPECT_THAT(part_counts({0.7, 0.15, 0.15}, 13), ElementsAre(9, 2, 2));
}

TEST(PartCounts, BreakTiesInFavourOfTheEarlierPart) {
  EXPECT_THAT(part_counts({0.5, 0.25, 0.25}, 2), ElementsAre(1, 1, 0));
}

TEST(PartCounts, LeaveOutRowsWhereSharesAddUpToLess) {
  EXPECT_THAT(part_counts({0.5, 0.1, 0.0}, 100), ElementsAre(50, 10, 0));
}

TEST(PartCounts, GiveEveryPartARowIfThereAreEnough) {
  EXPECT_THAT(part_counts({0.98, 0.01, 0.01}, 10), ElementsAre(8, 1, 1));
  EXPECT_THAT(part_counts({0.7, 0.15, 0.15}, 3), ElementsAre(1, 1, 1));
  EXPECT_THAT(part_counts({0.7, 0.15, 0.15}, 2), ElementsAre(2, 0, 0));
}

TEST(Fractions, TrainIsWhatTheOthersLeave) {
  const FakeDataset data = FakeDataset::regression(100);

  const SplitRows rows = built<Split>(R"({"type": "fractions", "valid": "20%", "test": "10%"})")->rows(data);

  EXPECT_THAT(rows.train, SizeIs(70));
  EXPECT_THAT(rows.valid, SizeIs(20));
  EXPECT_THAT(rows.test, SizeIs(10));
}

TEST(Fractions, PartsAreDisjointSortedAndCoverAllRows) {
  const FakeDataset data = FakeDataset::regression(101);

  const SplitRows rows = built<Split>(R"({"train": "70%", "valid": "15%", "test": "15%"})")->rows(data);

  std::vector<std::int64_t> all;
  for (const auto* part : {&rows.train, &rows.valid, &rows.test}) {
    EXPECT_TRUE(std::is_sorted(part->begin(), part->end()));
    all.insert(all.end(), part->begin(), part->end());
  }
  std::sort(all.begin(), all.end());
  std::vector<std::int64_t> expected(101);
  std::iota(expected.begin(), expected.end(), 0);
  EXPECT_EQ(all, expected);
}

TEST(Fractions, DependsOnItsSeedOnly) {
  const FakeDataset data = FakeDataset::regression(100);
  const auto train = [&](std::string_view config) { return built<Split>(config)->rows(data).train; };

  EXPECT_EQ(train(R"({"valid": "30%"})"), train(R"({"valid": "30%", "seed": 0})"));
  EXPECT_NE(train(R"({"valid": "30%"})"), train(R"({"valid": "30%", "seed": 1})"));
}

TEST(Fractions, StratifiedKeepsTheMixOfClasses) {
  const auto labels = labels_of({100, 40, 20});
  const FakeDataset data = FakeDataset::labelled(labels);

  const SplitRows rows =
      built<Split>(R"({"train": "70%", "valid": "15%", "test": "15%", "stratify": true})")->rows(data);

  EXPECT_EQ(count_of(0, labels, rows.train), 70);
  EXPECT_EQ(count_of(1, labels, rows.train), 28);
  EXPECT_EQ(count_of(2, labels, rows.train), 14);
  EXPECT_EQ(count_of(2, labels, rows.valid), 3);
  EXPECT_EQ(count_of(2, labels, rows.test), 3);
}

TEST(Fractions, StratifiedGivesASmallClassToEveryPart) {
  const auto labels = labels_of({100, 3});
  const FakeDataset data = FakeDataset::labelled(labels);

  const SplitRows rows =
      built<Split>(R"({"train": "90%", "valid": "5%", "test": "5%", "stratify": true})")->rows(data);

  EXPECT_EQ(count_of(1, labels, rows.train), 1);
  EXPECT_EQ(count_of(1, labels, rows.valid), 1);
  EXPECT_EQ(count_of(1, labels, rows.test), 1);
}

TEST(Fractions, RefusesToStratifyWithoutClasses) {
  const FakeDataset data = FakeDataset::regression(10);
  const auto split = built<Split>(R"({"valid": "20%", "stratify": true})");

  const auto problems = problems_of([&] { split->rows(data); });

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].path, "dataset.split.stratify");
  EXPECT_EQ(problems[0].message, "is true, but the target has no classes: the task is regression");
}

TEST(Fractions, RefusesMoreThanTheWhole) {
  const auto problems =
      problems_of([] { bound<Split>(R"({"train": "80%", "valid": "20%", "test": "10%"})"); });

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("add up to at most 100%"));
}

TEST(Fractions, ComplainsOnceOfTooMuchWhereTrainIsTheRest) {
  EXPECT_THAT(problems_of([] { bound<Split>(R"({"valid": "60%", "test": "50%"})"); }), SizeIs(1));
}

TEST(Fractions, AcceptsSharesThatAddUpToOneButForRounding) {
  EXPECT_THAT(problems_of([] { bound<Split>(R"({"train": "70%", "valid": "20%", "test": "10%"})"); }),
              IsEmpty());
}

TEST(Fractions, RefusesToLeaveNothingToTrainOn) {
  const auto problems = problems_of([] { bound<Split>(R"({"valid": "60%", "test": "40%"})"); });

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("train is above 0%"));
}

TEST(Fractions, GroupedKeepsGroupsWhole) {
  std::vector<std::int64_t> groups;
  for (std::int64_t row = 0; row < 100; ++row) groups.push_back(row * 7 % 20);
  auto data = FakeDataset::regression(100);
  data.add("patient", Array::of(groups));

  const SplitRows rows =
      built<Split>(R"({"type": "fractions", "valid": "20%", "test": "10%", "group": "patient"})")->rows(data);

  EXPECT_EQ(rows.train.size(), 70U);
  EXPECT_EQ(rows.valid.size(), 20U);
  EXPECT_EQ(rows.test.size(), 10U);
  std::vector<int> part_of(20, -1);
  int part = 0;
  for (const auto* some : {&rows.train, &rows.valid, &rows.test}) {
    for (const std::int64_t row : *some) {
      int& known = part_of[static_cast<std::size_t>(groups[static_cast<std::size_t>(row)])];
      EXPECT_TRUE(known == -1 || known == part) << row;
      known = part;
    }
    ++part;
  }
}

}  // namespace
}  // namespace assay::testing
