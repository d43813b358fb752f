// Images in folders and in lists.
#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/digest.h"
#include "core/io/image.h"
#include "core/text.h"
#include "tests/contracts/bound.h"
#include "tests/datasets/png_bytes.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::unique_ptr<Dataset> read_folder(const std::string& path, std::string_view more = "") {
  return built<Dataset>(text(R"({"type": "image_folder", "folder": ")", path, '"', more, '}'));
}

std::unique_ptr<Dataset> read_list(const std::string& path, std::string_view more = "") {
  return built<Dataset>(
      text(R"({"type": "image_list", "task": "classification", "file": ")", path, '"', more, '}'));
}

std::vector<int> labels_of(const Dataset& data) {
  const ArrayView view = *data.column(data.index_of("y"));
  return {view.as<std::int64_t>(), view.as<std::int64_t>() + view.count()};
}

std::vector<int> row_of(const Dataset& data, std::int64_t row) {
  std::vector<std::uint8_t> out(static_cast<std::size_t>(element_count(data.facts().columns[0].shape)));
  data.gather(0, std::vector{row}, reinterpret_cast<std::byte*>(out.data()));
  return {out.begin(), out.end()};
}

/// The only problem, as a user reads it, with the folder left out.
template <class Body>
std::string complaint(const TemporaryFolder& folder, Body&& body) {
  const auto problems = problems_of(body);
  if (problems.size() != 1) return text(problems.size(), " problems");
  std::string out = to_string(problems[0]);
  for (auto at = out.find(folder.path()); at != std::string::npos; at = out.find(folder.path()))
    out.replace(at, folder.path().size(), "F");
  return out;
}

class Images : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!can_decode(ImageFormat::png)) GTEST_SKIP() << "built without libpng";
  }
};

class ImageFolder : public Images {
 protected:
  ImageFolder() {
    folder_.write("cat/a.png", small_png(10));
    folder_.write("cat/b.png", small_png(20));
    folder_.write("dog/old/c.png", small_png(30));
  }

  std::string complaint_of(std::string_view more = "") const {
    return complaint(folder_, [&] { read_folder(folder_.path(), more); });
  }

  TemporaryFolder folder_;
};

TEST_F(ImageFolder, HasAClassForEveryFolder) {
  const auto data = read_folder(folder_.path());

  EXPECT_EQ(data->facts().rows, 3);
  EXPECT_THAT(data->facts().task.classes, ElementsAre("cat", "dog"));
  EXPECT_THAT(labels_of(*data), ElementsAre(0, 0, 1));
  EXPECT_THAT(data->facts().columns[0].shape, ElementsAre(1, 2, 3));
  EXPECT_EQ(data->facts().columns[0].dtype, Dtype::u8);
  EXPECT_EQ(data->column(0), std::nullopt);
  EXPECT_THAT(row_of(*data, 1), ElementsAre(20, 1, 2, 3, 4, 255));
  EXPECT_EQ(data->official_split(), std::nullopt);
}

TEST_F(ImageFolder, GathersRowsInTheOrderAskedFor) {
  const auto data = read_folder(folder_.path());

  std::vector<std::uint8_t> out(12);
  data->gather(0, std::vector<std::int64_t>{2, 0}, reinterpret_cast<std::byte*>(out.data()));

  EXPECT_EQ(out[0], 30);
  EXPECT_EQ(out[6], 10);
}

TEST_F(ImageFolder, PassesOverHiddenFiles) {
  folder_.write("cat/.DS_Store", "x");
  folder_.write(".cache/thumb", "x");
  folder_.write("README.md", "about");

  EXPECT_EQ(read_folder(folder_.path())->facts().rows, 3);
}

// The manifest is what `sha256sum cat/a.png cat/b.png dog/old/c.png | sha256sum` prints.
TEST_F(ImageFolder, RecordsOneDigestOfAllFiles) {
  const auto line = [](std::uint8_t first, std::string_view name) {
    return text(sha256_hex(small_png(first)), "  ", name, '\n');
  };
  const std::string manifest = line(10, "cat/a.png") + line(20, "cat/b.png") + line(30, "dog/old/c.png");

  const auto data = read_folder(folder_.path());

  ASSERT_THAT(data->facts().files, SizeIs(1));
  EXPECT_EQ(data->facts().files[0].path, folder_.path());
  EXPECT_EQ(data->facts().files[0].sha256, sha256_hex(manifest));
  EXPECT_EQ(data->facts().files[0].bytes, 3 * small_png(0).size());
}

TEST_F(ImageFolder, SortsClassesThatAreNumbersByValue) {
  const TemporaryFolder folder;
  for (const char* name : {"10", "9", "0"}) folder.write(text(name, "/a.png"), small_png(1));

  EXPECT_THAT(read_folder(folder.path())->facts().task.classes, ElementsAre("0", "9", "10"));
}

class ImageParts : public Images {
 protected:
  ImageParts() {
    for (const char* part : {"train", "val", "test"}) {
      folder_.write(text(part, "/cat/1.png"), small_png(1));
      folder_.write(text(part, "/dog/1.png"), small_png(2));
    }
  }
  TemporaryFolder folder_;
};

TEST_F(ImageParts, AreTheOfficialSplit) {
  const auto data = read_folder(folder_.path());

  ASSERT_TRUE(data->official_split());
  EXPECT_THAT(data->official_split()->train, ElementsAre(0, 1));
  EXPECT_THAT(data->official_split()->valid, ElementsAre(2, 3));
  EXPECT_THAT(data->official_split()->test, ElementsAre(4, 5));
  EXPECT_THAT(labels_of(*data), ElementsAre(0, 1, 0, 1, 0, 1));
}

TEST_F(ImageParts, StandTogetherWithNothingElse) {
  folder_.write("extra/cat/1.png", small_png(1));

  EXPECT_THAT(complaint(folder_, [&] { read_folder(folder_.path()); }),
              HasSubstr("F/extra: error: lies beside the parts train/ and test/, but is none of them"));
}

TEST_F(ImageParts, HaveNoClassThatTrainLacks) {
  folder_.write("test/dig/1.png", small_png(1));

  EXPECT_THAT(complaint(folder_, [&] { read_folder(folder_.path()); }),
              AllOf(HasSubstr("F/test/dig: error: is a class that train does not have"),
                    HasSubstr("did you mean 'dog'?")));
}

TEST_F(ImageFolder, TakesSizeAndChannelsAsDeclared) {
  folder_.write("dog/d.png", png_bytes(1, 1, 3, {255, 0, 0}));

  const auto data = read_folder(folder_.path(), R"(, "size": [4, 5], "channels": "1")");

  EXPECT_THAT(data->facts().columns[0].shape, ElementsAre(1, 4, 5));
  EXPECT_THAT(row_of(*data, 2), ::testing::Each(76));  // 0.299 of 255
  EXPECT_THAT(read_folder(folder_.path(), R"(, "size": [2, 3])")->facts().columns[0].shape,
              ElementsAre(3, 2, 3));
}

TEST_F(ImageFolder, AsksForASizeWhereFilesDiffer) {
  folder_.write("dog/d.png", png_bytes(1, 2, 1, {1, 2}));

  EXPECT_THAT(complaint_of(),
              AllOf(HasSubstr("F/dog/d.png: error: is 1 x 2, but F/cat/a.png is 2 x 3; 1 of 4"),
                    HasSubstr("set `size: [2, 3]`")));
}

TEST_F(ImageFolder, NamesFileAndRowOfADamagedImage) {
  std::string damaged = small_png(20);
  damaged[45] = static_cast<char>(damaged[45] ^ 1);
  folder_.write("cat/b.png", damaged);

  EXPECT_THAT(complaint_of(),
              AllOf(HasSubstr("F/cat/b.png: error: is damaged: the checksum of its part IDAT"),
                    HasSubstr("row 1 (from 0)")));
}

TEST_F(ImageFolder, NamesWhatIsNoImage) {
  folder_.write("cat/notes.txt", "not an image");

  EXPECT_THAT(complaint_of(), HasSubstr("F/cat/notes.txt: error: is neither a PNG nor a JPEG image"));
}

TEST_F(ImageFolder, LeavesOutAndCountsWhatCannotBeReadIfAsked) {
  folder_.write("cat/b.png", small_png(20).substr(0, 50));
  folder_.write("cat/notes.txt", "not an image");

  const auto data = read_folder(folder_.path(), R"(, "on_error": "skip")");

  EXPECT_EQ(data->facts().rows, 2);
  EXPECT_THAT(labels_of(*data), ElementsAre(0, 1));
  EXPECT_THAT(row_of(*data, 1), Contains(30));
  EXPECT_THAT(data->facts().omissions,
              ElementsAre("leaves out 2 of 4 images, which cannot be read: cat/b.png, cat/notes.txt"));
}

// What the scan cannot see, a wrong value under a right checksum, comes out when the row is read.
TEST_F(ImageFolder, NamesFileAndRowOfAnImageThatChangedMeanwhile) {
  const auto data = read_folder(folder_.path());
  folder_.write("cat/b.png", small_png(20).substr(0, 50));

  const std::string said = complaint(folder_, [&] { row_of(*data, 1); });

  EXPECT_THAT(said, AllOf(HasSubstr("F/cat/b.png: error: is damaged"), HasSubstr("row 1 (from 0)")));
}

TEST_F(ImageFolder, SaysWhatIsWrongWithTheFolder) {
  const TemporaryFolder empty;
  empty.write("only/1.png", small_png(1));
  const auto complaint_of_path = [&](const std::string& path) {
    return complaint(folder_, [&] { read_folder(path); });
  };

  EXPECT_THAT(complaint_of_path(folder_ / "cat/a.png"), HasSubstr("is a file, not a folder"));
  EXPECT_THAT(complaint_of_path(folder_ / "cot"), AllOf(HasSubstr("no such folder"), HasSubstr("'cat'")));
  EXPECT_THAT(complaint_of_path(empty.path()), HasSubstr("has one class only: 'only'"));
  EXPECT_THAT(complaint_of_path(folder_ / "dog/old"), HasSubstr("lies in no class folder"));
  const TemporaryFolder nothing;
  EXPECT_THAT(complaint_of_path(nothing.path()), HasSubstr("holds no class folders"));
  nothing.write("a/.keep", "");
  nothing.write("b/.keep", "");
  EXPECT_THAT(complaint_of_path(nothing.path()), HasSubstr("/a: error: holds no images"));
}

class ImageList : public Images {
 protected:
  ImageList() {
    folder_.write("pictures/1.png", small_png(10));
    folder_.write("pictures/2.png", small_png(20));
  }
  std::string list(std::string_view content) const { return folder_.write("pictures/list.csv", content); }

  TemporaryFolder folder_;
};

TEST_F(ImageList, TakesFilesAndLabelsFromATable) {
  const auto data = read_list(list("2.png,dog\n1.png,cat\n2.png,cat\n"));

  EXPECT_EQ(data->facts().rows, 3);
  EXPECT_THAT(labels_of(*data), ElementsAre(1, 0, 0));
  EXPECT_THAT(row_of(*data, 0), Contains(20));
}

TEST_F(ImageList, TakesColumnsByName) {
  const std::string file =
      folder_.write("table.tsv", "who\tkind\tpicture\nada\tcat\t1.png\nbob\tdog\t2.png\n");

  const auto data = read_list(file, text(R"(, "separator": "tab", "image": "picture", "target": "kind", )",
                                         R"("keep": ["who"], "folder": ")", folder_ / "pictures", '"'));

  EXPECT_THAT(labels_of(*data), ElementsAre(0, 1));
  EXPECT_THAT(data->facts().columns[data->index_of("who")].names, ElementsAre("ada", "bob"));
}

TEST_F(ImageList, MayPredictANumber) {
  const auto data = built<Dataset>(text(R"({"type": "image_list", "task": "regression", "file": ")",
                                        list("file,angle\n1.png,0.5\n2.png,-1\n"), "\"}"));

  EXPECT_EQ(data->facts().task.kind, Task::Kind::regression);
  EXPECT_EQ(data->column(1)->as<float>()[1], -1);
}

TEST_F(ImageList, NamesTheLineOfAnImageThatCannotBeRead) {
  const std::string file = list("name,label\n1.png,cat\nmissing.png,dog\n");

  EXPECT_THAT(complaint(folder_, [&] { read_list(file); }),
              AllOf(HasSubstr("F/pictures/missing.png: error: there is no such file"),
                    HasSubstr("row 1 (from 0), line 3 of F/pictures/list.csv")));
}

TEST_F(ImageList, SaysThatAnImageIsAFolder) {
  folder_.write("pictures/more/3.png", small_png(1));
  const std::string file = list("1.png,cat\nmore,dog\n");

  EXPECT_THAT(complaint(folder_, [&] { read_list(file); }), HasSubstr("is a folder, not a file"));
}

TEST_F(ImageList, LeavesOutLinesAndImagesIfAsked) {
  const std::string file = list("1.png,cat\nmissing.png,dog\n2.png\n2.png,dog\n");

  const auto data = read_list(file, R"(, "on_error": "skip")");

  EXPECT_THAT(labels_of(*data), ElementsAre(0, 1));
  EXPECT_THAT(data->facts().omissions, SizeIs(2));
}

TEST_F(Images, OfTheMiniCollectionHaveItsClassesAndParts) {
  const auto folder = test_data("image-folder-mini");
  if (!folder) GTEST_SKIP() << "image-folder-mini is not in ASSAY_DATA";

  const auto data = read_folder(*folder);

  EXPECT_EQ(data->facts().rows, 600);
  EXPECT_THAT(data->facts().columns[0].shape, ElementsAre(1, 28, 28));
  EXPECT_THAT(data->official_split()->train, SizeIs(500));
  EXPECT_THAT(data->official_split()->valid, IsEmpty());
  EXPECT_THAT(data->official_split()->test, SizeIs(100));
}

}  // namespace
}  // namespace assay::testing
