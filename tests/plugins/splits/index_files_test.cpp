#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/digest.h"
#include "core/io/gzip.h"
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

std::unique_ptr<Split> split_in(const TemporaryFolder& folder, std::string_view keys = "") {
  return built<Split>(text(R"({"type": "index_files", "train": ")", folder / "train_*.txt", R"(", "test": ")",
                           folder / "test_*.txt", '"', keys, "}"));
}

TEST(IndexFiles, KeepTheOrderOfTheFiles) {
  const TemporaryFolder folder;
  folder.write("train_2.txt", "7\n3\r\n 5 \n1\n0\n\n");
  folder.write("test_2.txt", "2\n4");

  const SplitRows rows =
      split_in(folder, R"(, "fold": 2, "valid": {"last": "40%"})")->rows(FakeDataset::regression(8));

  EXPECT_THAT(rows.train, ElementsAre(7, 3, 5));
  EXPECT_THAT(rows.valid, ElementsAre(1, 0));
  EXPECT_THAT(rows.test, ElementsAre(2, 4));
}

TEST(IndexFiles, MayBePackedAndAreRecorded) {
  const TemporaryFolder folder;
  const std::string packed = gzip("0\n1\n");
  folder.write("train_0.txt.gz", packed);
  folder.write("test_0.txt", "2\n");
  const auto data = FakeDataset::regression(3);

  const auto split = split_in(folder);

  EXPECT_THAT(split->rows(data).train, ElementsAre(0, 1));
  const std::vector<DataFile> files = split->files(data);
  ASSERT_THAT(files, SizeIs(2));
  EXPECT_EQ(files[0].path, folder / "train_0.txt.gz");
  EXPECT_EQ(files[0].sha256, sha256_hex(packed));
}

TEST(IndexFiles, NameTheLineThatIsNoRow) {
  const TemporaryFolder folder;
  folder.write("train_0.txt", "0\nseven\n8\n");
  folder.write("test_0.txt", "1\n");

  const auto problems = problems_of([&] { split_in(folder)->rows(FakeDataset::regression(8)); });

  ASSERT_THAT(problems, SizeIs(2));
  EXPECT_THAT(to_string(problems[0]), HasSubstr("train_0.txt:2:1: error: 'seven' is no row number"));
  EXPECT_THAT(to_string(problems[1]), HasSubstr(":3:1: error: '8' is no row: the data has 8 rows, from 0"));
}

TEST(IndexFiles, MustBeThere) {
  const TemporaryFolder folder;
  EXPECT_THAT(problems_of([&] { split_in(folder)->rows(FakeDataset::regression(8)); }), SizeIs(1));

  const auto unnamed =
      problems_of([] { built<Split>(R"("index_files")")->rows(FakeDataset::regression(8)); });
  ASSERT_THAT(unnamed, SizeIs(1));
  EXPECT_THAT(unnamed[0].message, HasSubstr("names no files, and the data set has none"));
}

}  // namespace
}  // namespace assay::testing
