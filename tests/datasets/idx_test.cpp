#include "datasets/idx.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/digest.h"
#include "core/io/gzip.h"
#include "core/text.h"
#include "tests/contracts/bound.h"
#include "tests/datasets/idx_bytes.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

/// Two training images of 1 x 2 and one for testing, which a test may overwrite.
struct Files {
  TemporaryFolder folder;

  Files() {
    folder.write("train-images", idx_u8({2, 1, 2}, {1, 2, 3, 4}));
    folder.write("train-labels", idx_u8({2}, {0, 2}));
    folder.write("test-images", idx_u8({1, 1, 2}, {5, 6}));
    folder.write("test-labels", idx_u8({1}, {1}));
  }
  std::string config(bool has_test = true, const std::string& more = "") const {
    std::string out = text(R"({"type": "idx", "train_images": ")", folder / "train-images",
                           R"(", "train_labels": ")", folder / "train-labels", '"');
    if (has_test) {
      out += text(R"(, "test_images": ")", folder / "test-images", R"(", "test_labels": ")",
                  folder / "test-labels", '"');
    }
    return text(out, more, '}');
  }
  std::unique_ptr<Dataset> read(bool has_test = true, const std::string& more = "") const {
    return built<Dataset>(config(has_test, more));
  }
  std::vector<Problem> problems() const {
    return problems_of([&] { read(); });
  }
};

TEST(Idx, PutsTestRowsBehindTrainRows) {
  const Files files;

  const auto data = files.read();

  EXPECT_EQ(data->facts().rows, 3);
  const ArrayView x = *data->column(data->index_of("x"));
  EXPECT_EQ(x.dtype, Dtype::u8);
  EXPECT_THAT(x.shape, ElementsAre(3, 1, 1, 2));
  EXPECT_EQ(x.as<std::uint8_t>()[4], 5);
  const ArrayView y = *data->column(data->index_of("y"));
  EXPECT_EQ(y.dtype, Dtype::i64);
  EXPECT_THAT(std::vector<std::int64_t>(y.as<std::int64_t>(), y.as<std::int64_t>() + 3),
              ElementsAre(0, 2, 1));
  EXPECT_THAT(data->official_split()->train, ElementsAre(0, 1));
  EXPECT_THAT(data->official_split()->test, ElementsAre(2));
  EXPECT_EQ(data->facts().task.outputs, 3);
}

TEST(Idx, WithoutTestFilesThereIsNoOfficialSplit) {
  const Files files;
  EXPECT_FALSE(files.read(false)->official_split().has_value());
}

TEST(Idx, ReadsPackedFilesAndRecordsTheBytesOnDisk) {
  const Files files;
  const std::string packed = gzip(idx_u8({2, 1, 2}, {1, 2, 3, 4}));
  files.folder.write("train-images", packed);

  const auto data = files.read();

  ASSERT_THAT(data->facts().files, SizeIs(4));
  EXPECT_EQ(data->facts().files[0].path, files.folder / "train-images");
  EXPECT_EQ(data->facts().files[0].sha256, sha256_hex(packed));
  EXPECT_EQ(data->facts().files[0].bytes, packed.size());
}

TEST(Idx, NamesTheClasses) {
  const Files files;
  EXPECT_THAT(files.read(true, R"(, "classes": ["a", "b", "c", "d"])")->facts().task.classes,
              ElementsAre("a", "b", "c", "d"));
}

TEST(Idx, RefusesALabelWithoutAName) {
  const Files files;
  const auto problems = problems_of([&] { files.read(true, R"(, "classes": ["a", "b"])"); });
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(to_string(problems[0]), text(files.folder / "train-labels",
                                         ": error: label 1 (from 0) is 2, must be from 0 to 1\n"
                                         "  hint: correct the file, or name a class for each label in "
                                         "dataset.classes"));
}

TEST(Idx, RefusesUnequalCounts) {
  const Files files;
  files.folder.write("train-labels", idx_u8({3}, {0, 1, 2}));
  const auto problems = files.problems();
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(to_string(problems[0]),
            text(files.folder / "train-labels", ": error: has 3 labels, but ", files.folder / "train-images",
                 " has 2 images\n  hint: the two files must belong together"));
}

TEST(Idx, RefusesSwappedFiles) {
  const Files files;
  files.folder.write("train-images", idx_u8({2}, {0, 1}));
  files.folder.write("train-labels", idx_u8({2, 1, 2}, {1, 2, 3, 4}));
  const auto problems = files.problems();
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].message, "labels are [2, 1, 2] u8, must be one whole number a row");
  EXPECT_EQ(problems[0].hint, "are images and labels swapped?");
}

TEST(Idx, RefusesTestImagesOfAnotherShape) {
  const Files files;
  files.folder.write("test-images", idx_u8({1, 1, 1}, {5}));
  const auto problems = files.problems();
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("has images of shape [1, 1, 1] u8, but "));
}

TEST(Idx, ReportsTrainAndTestFilesTogether) {
  const Files files;
  files.folder.write("train-labels", "no idx");
  files.folder.write("test-images", "neither");
  EXPECT_THAT(files.problems(), SizeIs(2));
}

TEST(Idx, NamesAllMissingFiles) {
  const Files files;
  const auto problems = problems_of([] {
    built<Dataset>(
        R"({"type": "idx", "train_images": "/nowhere/images", "train_labels": "/nowhere/labels"})");
  });
  ASSERT_THAT(problems, SizeIs(2));
  EXPECT_THAT(to_string(problems[0]), HasSubstr("/nowhere/images"));
  EXPECT_THAT(to_string(problems[1]), HasSubstr("/nowhere/labels"));
}

TEST(Idx, WantsBothTestFiles) {
  const auto problems = problems_of([] {
    bound<Dataset>(R"({"type": "idx", "train_images": "a", "train_labels": "b", "test_images": "c"})");
  });
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("test_images and test_labels are written together"));
}

TEST(Idx, SplitsAsItsFilesSay) {
  datasets::IdxParams params;
  EXPECT_EQ(params.outline().split.find("type")->text(), "fractions");
  params.test_images.text = "somewhere";
  EXPECT_EQ(params.outline().split.find("type")->text(), "official");
}

}  // namespace
}  // namespace assay::testing
