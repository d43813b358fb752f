#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/contracts/split.h"
#include "tests/contracts/bound.h"
#include "tests/contracts/fake_dataset.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::vector<std::int64_t> labels = {0, 1, 0, 1, 0, 1};

TEST(Official, CarvesTheLastTenthOfTrainByDefault) {
  const FakeDataset data = FakeDataset::labelled(labels, SplitRows{{0, 1, 2, 3}, {}, {4, 5}});

  const SplitRows rows = built<Split>(R"("official")")->rows(data);

  EXPECT_THAT(rows.train, ElementsAre(0, 1, 2));
  EXPECT_THAT(rows.valid, ElementsAre(3));
  EXPECT_THAT(rows.test, ElementsAre(4, 5));
}

TEST(Official, NoneKeepsAllOfTrain) {
  const FakeDataset data = FakeDataset::labelled(labels, SplitRows{{0, 1, 2, 3}, {}, {4, 5}});

  const SplitRows rows = built<Split>(R"({"type": "official", "valid": "none"})")->rows(data);

  EXPECT_THAT(rows.train, SizeIs(4));
  EXPECT_THAT(rows.valid, IsEmpty());
}

TEST(Official, UsesTheValidationPartOfThePublisher) {
  const FakeDataset data = FakeDataset::labelled(labels, SplitRows{{0, 1, 2}, {3}, {4, 5}});

  const SplitRows rows = built<Split>(R"("official")")->rows(data);

  EXPECT_THAT(rows.train, ElementsAre(0, 1, 2));
  EXPECT_THAT(rows.valid, ElementsAre(3));
}

TEST(Official, SaysThatThereIsNone) {
  const FakeDataset data = FakeDataset::labelled(labels);
  const auto split = built<Split>(R"("official")");

  const auto problems = problems_of([&] { split->rows(data); });

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(to_string(problems[0]),
            "error: dataset.split is official, but the publisher of this data made no split\n"
            "  hint: write shares: split: {train: 70%, valid: 15%, test: 15%}");
}

}  // namespace
}  // namespace assay::testing
