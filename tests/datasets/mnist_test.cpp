#include "datasets/mnist.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/text.h"
#include "registry/contracts/split.h"
#include "tests/contracts/bound.h"
#include "tests/datasets/idx_bytes.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

/// The data root that holds `folder`, or nothing.
std::optional<std::string> root_of(std::string_view folder) {
  const auto found = test_data(folder);
  return found ? std::optional(fs::path(*found).parent_path().string()) : std::nullopt;
}

double mean(const Dataset& data) {
  const ArrayView x = *data.column(data.index_of("x"));
  const auto* values = x.as<std::uint8_t>();
  const std::int64_t n_train = 60000 * 28 * 28;
  std::int64_t sum = 0;
  for (std::int64_t i = 0; i < n_train; ++i) sum += values[i];
  return static_cast<double>(sum) / 255 / static_cast<double>(n_train);
}

void expect_ten_classes_of_28_by_28(const Dataset& data) {
  EXPECT_EQ(data.facts().rows, 70000);
  EXPECT_THAT(data.facts().columns[data.index_of("x")].shape, ElementsAre(1, 28, 28));
  EXPECT_EQ(data.facts().columns[data.index_of("x")].dtype, Dtype::u8);
  EXPECT_EQ(data.facts().task.outputs, 10);
  EXPECT_THAT(data.facts().task.classes, SizeIs(10));
  EXPECT_THAT(data.facts().files, SizeIs(4));
  EXPECT_THAT(data.official_split()->train, SizeIs(60000));
  EXPECT_THAT(data.official_split()->test, SizeIs(10000));
}

TEST(Mnist, IsReadAsPublished) {
  const auto root = root_of("mnist");
  if (!root) GTEST_SKIP() << "no folder mnist in ASSAY_DATA";

  const auto data = built<Dataset>(R"("mnist")", {{*root}});

  expect_ten_classes_of_28_by_28(*data);
  EXPECT_NEAR(mean(*data), 0.1307, 5e-5);  // the constant that is in every tutorial
  const ArrayView y = *data->column(data->index_of("y"));
  EXPECT_EQ(y.as<std::int64_t>()[0], 5);
  EXPECT_EQ(y.as<std::int64_t>()[60000], 7);
}

TEST(FashionMnist, IsReadAsPublished) {
  const auto root = root_of("fashion-mnist");
  if (!root) GTEST_SKIP() << "no folder fashion-mnist in ASSAY_DATA";

  const auto data = built<Dataset>(R"("fashion_mnist")", {{*root}});

  expect_ten_classes_of_28_by_28(*data);
  EXPECT_NEAR(mean(*data), 0.2860, 5e-5);
  const ArrayView y = *data->column(data->index_of("y"));
  EXPECT_EQ(data->facts().task.classes[static_cast<std::size_t>(y.as<std::int64_t>()[0])], "Ankle boot");
}

TEST(FashionMnist, ValidatesOnTheLastTenthOfTrain) {
  const auto root = root_of("fashion-mnist");
  if (!root) GTEST_SKIP() << "no folder fashion-mnist in ASSAY_DATA";
  const auto data = built<Dataset>(R"("fashion_mnist")", {{*root}});

  const SplitRows rows = built<Split>(to_text(datasets::FashionMnistParams{}.outline().split))->rows(*data);

  EXPECT_THAT(rows.train, SizeIs(54000));
  EXPECT_EQ(rows.valid.front(), 54000);
  EXPECT_EQ(rows.valid.back(), 59999);
  EXPECT_THAT(rows.test, SizeIs(10000));
}

TEST(Mnist, SaysWhatIsMissingAndWhereItLooked) {
  const TemporaryFolder first, second;

  const auto problems = problems_of([&] { built<Dataset>(R"("mnist")", {{first.path(), second.path()}}); });

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(
      to_string(problems[0]),
      text("error: dataset: missing data of MNIST: train-images-idx3-ubyte.gz (44.9 MiB unpacked), "
           "train-labels-idx1-ubyte.gz (58.6 KiB unpacked), t10k-images-idx3-ubyte.gz (7.5 MiB unpacked), "
           "t10k-labels-idx1-ubyte.gz (9.8 KiB unpacked)\n",
           "  note: looked in ", first / "mnist", "\n", "  note: looked in ", second / "mnist", "\n",
           "  hint: `assay data fetch mnist` fetches it; MNIST is published at yann.lecun.com/exdb/mnist; put its files, packed or not, into a "
           "folder "
           "mnist/ and set ASSAY_DATA, or dataset.root, to the folder above it"));
}

/// A data root with links to the real MNIST, of which a test replaces one file.
struct CopyOfMnist {
  TemporaryFolder folder;

  explicit CopyOfMnist(const std::string& root) {
    fs::create_directories(folder / "mnist");
    for (const fs::directory_entry& entry : fs::directory_iterator(root + "/mnist")) {
      fs::create_symlink(fs::absolute(entry.path()), fs::path(folder / "mnist") / entry.path().filename());
    }
  }
  std::string replace(const std::string& name, const std::string& bytes) const {
    fs::remove(folder / ("mnist/" + name));
    return folder.write("mnist/" + name, bytes);
  }
  std::vector<Problem> problems() const {
    return problems_of([&] { built<Dataset>(R"("mnist")", {{folder.path()}}); });
  }
};

TEST(Mnist, RefusesATruncatedDownload) {
  const auto root = root_of("mnist");
  if (!root) GTEST_SKIP() << "no folder mnist in ASSAY_DATA";
  const CopyOfMnist copy(*root);
  const std::string whole = read_text(*root + "/mnist/train-labels-idx1-ubyte.gz");
  const std::string path = copy.replace("train-labels-idx1-ubyte.gz", whole.substr(0, whole.size() / 2));

  const auto problems = copy.problems();

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(to_string(problems[0]), HasSubstr(path + ": error: "));
  EXPECT_THAT(to_string(problems[0]), HasSubstr("truncated"));
}

TEST(Mnist, RefusesATruncatedUnpackedFile) {
  const auto root = root_of("mnist");
  if (!root) GTEST_SKIP() << "no folder mnist in ASSAY_DATA";
  const CopyOfMnist copy(*root);
  fs::remove(copy.folder / "mnist/t10k-labels-idx1-ubyte.gz");
  copy.replace("t10k-labels-idx1-ubyte", idx_u8({10}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));

  const auto problems = copy.problems();

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].message,
            "the file is truncated: 18 of the 10008 bytes that MNIST's t10k-labels-idx1-ubyte has unpacked");
  EXPECT_EQ(problems[0].hint, "get t10k-labels-idx1-ubyte again from yann.lecun.com/exdb/mnist");
}

TEST(Mnist, RefusesAFileOfAnotherDataSet) {
  const auto root = root_of("mnist");
  const auto other = test_data("fashion-mnist/t10k-labels-idx1-ubyte.gz");
  if (!root || !other) GTEST_SKIP() << "no folders mnist and fashion-mnist in ASSAY_DATA";
  const CopyOfMnist copy(*root);
  const std::string path = copy.replace("t10k-labels-idx1-ubyte.gz", read_text(*other));

  const auto problems = copy.problems();

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(
      to_string(problems[0]),
      text(
          path, ": error: the file differs from MNIST's t10k-labels-idx1-ubyte: wrong checksum\n",
          "  note: SHA-256 of the unpacked file: "
          "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34\n"
          "  note: as published:                 "
          "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2\n"
          "  hint: get t10k-labels-idx1-ubyte again from yann.lecun.com/exdb/mnist, or read it as it is with "
          "`type: idx`"));
}

}  // namespace
}  // namespace assay::testing
