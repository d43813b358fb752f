#include <algorithm>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/text.h"
#include "registry/contracts/split.h"
#include "tests/contracts/bound.h"
#include "tests/contracts/fake_dataset.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::Each;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::SizeIs;

SplitRows fold(const Dataset& data, int number, std::string_view keys = "") {
  return built<Split>(text(R"({"type": "k_fold", "k": 3, "fold": )", number, keys, "}"))->rows(data);
}

std::vector<std::int64_t> labels_of(const Dataset& data, const std::vector<std::int64_t>& rows) {
  std::vector<std::int64_t> out(rows.size());
  data.gather(data.index_of("y"), rows, reinterpret_cast<std::byte*>(out.data()));
  return out;
}

TEST(KFold, TestsEveryRowInOneFold) {
  const auto data = FakeDataset::regression(10);

  std::vector<std::int64_t> tested;
  for (int number = 0; number < 3; ++number) {
    const SplitRows rows = fold(data, number);
    EXPECT_THAT(rows.test, SizeIs(number == 0 ? 4 : 3));
    EXPECT_EQ(rows.train.size() + rows.test.size(), 10U);
    tested.insert(tested.end(), rows.test.begin(), rows.test.end());
  }

  std::sort(tested.begin(), tested.end());
  EXPECT_THAT(tested, ElementsAreArray({0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

TEST(KFold, StratifiedHasTheSameMixInEveryFold) {
  std::vector<std::int64_t> labels(30, 0);
  std::fill(labels.begin(), labels.begin() + 6, 1);
  const auto data = FakeDataset::labelled(labels);

  for (int number = 0; number < 3; ++number) {
    const auto tested = labels_of(data, fold(data, number, R"(, "stratify": true)").test);
    EXPECT_THAT(tested, SizeIs(10));
    EXPECT_EQ(std::count(tested.begin(), tested.end(), 1), 2);
  }
}

TEST(KFold, GroupedKeepsGroupsWholeAndFoldsEven) {
  // Ten groups of one to ten rows.
  std::vector<std::int64_t> groups;
  for (std::int64_t group = 1; group <= 10; ++group)
    groups.insert(groups.end(), static_cast<std::size_t>(group), group);
  auto data = FakeDataset::regression(55);
  data.add("patient", Array::of(groups));

  for (int number = 0; number < 3; ++number) {
    const SplitRows rows = fold(data, number, R"(, "group": "patient")");
    EXPECT_NEAR(static_cast<double>(rows.test.size()), 55.0 / 3, 3);
    for (const std::int64_t row : rows.test) {
      for (const std::int64_t other : rows.train) {
        EXPECT_NE(groups[static_cast<std::size_t>(row)], groups[static_cast<std::size_t>(other)]);
      }
    }
  }
}

TEST(KFold, ValidComesFromTrain) {
  const auto data = FakeDataset::regression(30);

  const SplitRows rows = fold(data, 1, R"(, "valid": {"last": "20%"})");

  EXPECT_THAT(rows.train, SizeIs(16));
  EXPECT_THAT(rows.valid, SizeIs(4));
  EXPECT_EQ(rows.test, fold(data, 1).test);
}

TEST(KFold, NeedsARowForEveryFold) {
  const auto problems = problems_of([] { fold(FakeDataset::regression(2), 0); });

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(to_string(problems[0]), HasSubstr("dataset.split.k is 3, but there are only 2 rows"));
}

}  // namespace
}  // namespace assay::testing
