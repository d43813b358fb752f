#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/text.h"
#include "registry/contracts/split.h"
#include "tests/contracts/bound.h"
#include "tests/contracts/fake_dataset.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

FakeDataset data() {
  auto made = FakeDataset::regression(6);
  made.add("part", Array::of<std::int64_t>({0, 1, 2, 0, 1, 3}), {"train", "dev", "test", "spare"});
  return made;
}

SplitRows split_by(std::string_view keys) {
  return built<Split>(text(R"({"type": "column", "column": "part")", keys, "}"))->rows(data());
}

TEST(ColumnSplit, TakesPartsByName) {
  const SplitRows rows = split_by(R"(, "train": ["train"], "valid": ["dev"], "test": ["test"])");

  EXPECT_THAT(rows.train, ElementsAre(0, 3));
  EXPECT_THAT(rows.valid, ElementsAre(1, 4));
  EXPECT_THAT(rows.test, ElementsAre(2));
}

TEST(ColumnSplit, TrainsOnWhatIsLeft) {
  EXPECT_THAT(split_by(R"(, "test": ["test"])").train, ElementsAre(0, 1, 3, 4, 5));
}

TEST(ColumnSplit, NamesWhatIsNotThere) {
  const auto no_value = problems_of([] { split_by(R"(, "test": ["tset"])"); });
  ASSERT_THAT(no_value, SizeIs(1));
  EXPECT_THAT(to_string(no_value[0]), HasSubstr("dataset.split.test names 'tset', which no row has"));
  EXPECT_THAT(no_value[0].hint, HasSubstr("did you mean 'test'?"));

  const auto twice = problems_of([] { split_by(R"(, "valid": ["dev"], "test": ["dev"])"); });
  ASSERT_THAT(twice, SizeIs(1));
  EXPECT_THAT(twice[0].message, HasSubstr("which is in a part already"));

  const auto no_column =
      problems_of([] { built<Split>(R"({"type": "column", "column": "parts"})")->rows(data()); });
  ASSERT_THAT(no_column, SizeIs(1));
  EXPECT_THAT(no_column[0].hint, HasSubstr("did you mean 'part'?"));
}

}  // namespace
}  // namespace assay::testing
