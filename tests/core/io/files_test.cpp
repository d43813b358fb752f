#include "core/io/files.h"

#include <atomic>
#include <filesystem>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/file_size_limit.h"
#include "tests/support/files.h"

namespace assay {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::problems_of;
using testing::read_text;
using testing::TemporaryFolder;

TEST(ReadFile, GivesAllBytes) {
  const TemporaryFolder folder;
  const std::string bytes("a\0b\n", 4);

  EXPECT_EQ(read_file(folder.write("x", bytes)), bytes);
  EXPECT_EQ(read_file(folder.write("empty", "")), "");
}

TEST(ReadFile, ReadsFilesThatTellNoSize) { EXPECT_THAT(read_file("/proc/self/status"), HasSubstr("Pid:")); }

TEST(ReadFile, SaysWhatIsWrong) {
  const TemporaryFolder folder;

  const auto missing = problems_of([&] { read_file(folder / "none"); });
  const auto a_folder = problems_of([&] { read_file(folder.path()); });

  EXPECT_EQ(to_string(missing.at(0)), folder / "none" + ": error: there is no such file");
  EXPECT_EQ(a_folder.at(0).message, "is a folder, not a file");
}

TEST(FindFile, IsNothingWhereNoFileIs) {
  const TemporaryFolder folder;
  folder.write("file", "x");

  EXPECT_FALSE(find_file(folder / "none"));
  EXPECT_FALSE(find_file(folder / "file/below"));
  EXPECT_EQ(find_file(folder / "file"), "x");
}

TEST(Publish, ReplacesTheWholeFile) {
  const TemporaryFolder folder;
  const std::string path = folder.write("x", "the old one, which is longer");

  publish(path, "new");

  EXPECT_EQ(read_text(path), "new");
  EXPECT_THAT(list_folder(folder.path()), ElementsAre("x"));
}

TEST(Publish, ReaderSeesTheOldOrTheNewNeverAPart) {
  const TemporaryFolder folder;
  const std::string path = folder / "x";
  const std::string a(300000, 'a');
  const std::string b(200000, 'b');
  publish(path, a);
  std::atomic<bool> is_done{false};
  int n_wrong = 0;

  std::thread reader([&] {
    while (!is_done) {
      const std::string seen = read_file(path);
      n_wrong += seen == a || seen == b ? 0 : 1;
    }
  });
  for (int i = 0; i < 20; ++i) publish(path, i % 2 == 0 ? b : a);
  is_done = true;
  reader.join();

  EXPECT_EQ(n_wrong, 0);
}

TEST(Publish, OnAFullDiskSaysHowMuchWasNeededAndKeepsTheOldFile) {
  const TemporaryFolder folder;
  const std::string path = folder.write("x", "old");
  const std::string bytes(3 << 20, 'n');

  std::vector<Problem> problems;
  {
    const testing::FileSizeLimit limit(65536);
    problems = problems_of([&] { publish(path, bytes); });
  }

  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].message, "cannot be written: file too large (3.0 MiB needed)");
  EXPECT_EQ(problems[0].where.name(), path);
  EXPECT_EQ(problems[0].hint, "free some space there, or write to another folder");
  EXPECT_EQ(read_text(path), "old");
  EXPECT_THAT(list_folder(folder.path()), ElementsAre("x"));
}

TEST(Publish, WhereNothingCanBeWrittenFailsInOneSentence) {
  const TemporaryFolder folder;
  folder.write("file", "x");

  const auto below_a_file = problems_of([&] { publish(folder / "file/x", "y"); });
  const auto no_folder = problems_of([&] { publish(folder / "none/x", "y"); });
  const auto onto_a_folder = problems_of([&] { publish(folder.path(), "y"); });

  EXPECT_EQ(below_a_file.at(0).message, "cannot be written: not a directory");
  EXPECT_EQ(no_folder.at(0).message, "cannot be written: no such file or directory");
  EXPECT_EQ(onto_a_folder.at(0).message, "cannot be written: is a directory");
  EXPECT_THAT(list_folder(folder.path()), ElementsAre("file"));
}

TEST(Publish, ErrorsAreOfTheStore) {
  try {
    publish("/proc/assay", "x");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(exit_code(error.kind()), 5);
  }
}

TEST(PublishOnce, FirstWins) {
  const TemporaryFolder folder;
  const std::string path = folder / "claim.1";

  EXPECT_TRUE(publish_once(path, "first"));
  EXPECT_FALSE(publish_once(path, "second"));

  EXPECT_EQ(read_text(path), "first");
  EXPECT_THAT(list_folder(folder.path()), ElementsAre("claim.1"));
}

TEST(PublishOnce, OfManyThreadsOneWins) {
  const TemporaryFolder folder;
  std::atomic<int> n_won{0};

  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back(
        [&, i] { n_won += publish_once(folder / "claim.1", std::string(1, static_cast<char>('a' + i))); });
  }
  for (std::thread& thread : threads) thread.join();

  EXPECT_EQ(n_won, 1);
  EXPECT_EQ(file_size(folder / "claim.1"), 1U);
}

TEST(PublishOnce, OnAFullDiskLeavesNothing) {
  const TemporaryFolder folder;
  {
    const testing::FileSizeLimit limit(10);

    EXPECT_THROW(publish_once(folder / "x", std::string(100, 'x')), Error);
  }

  EXPECT_THAT(list_folder(folder.path()), IsEmpty());
}

TEST(AsideFile, IsThereWithAllItsPartsOnceItIsPut) {
  const TemporaryFolder folder;
  AsideFile file(folder / "f", 5);
  file.reserve();
  file.write("ab");
  file.write("cde");
  EXPECT_FALSE(exists(folder / "f"));

  file.put();

  EXPECT_EQ(read_file(folder / "f"), "abcde");
  EXPECT_THAT(list_folder(folder.path()), ElementsAre("f"));
}

TEST(AsideFile, TakesMoreAtOnceThanItWritesAtOnce) {
  const TemporaryFolder folder;
  std::string bytes(17U << 20U, '\0');
  for (std::size_t i = 0; i < bytes.size(); i += 1000) bytes[i] = static_cast<char>(i % 251);
  AsideFile file(folder / "f", bytes.size());

  file.write(bytes);
  file.put();

  EXPECT_TRUE(read_file(folder / "f") == bytes);
}

TEST(AsideFile, ThatIsNotPutLeavesNothing) {
  const TemporaryFolder folder;
  folder.write("f", "old");

  {
    AsideFile file(folder / "f", 3);
    file.reserve();
    file.write("new");
  }

  EXPECT_EQ(read_file(folder / "f"), "old");
  EXPECT_THAT(list_folder(folder.path()), ElementsAre("f"));
}

TEST(AsideFile, ThatTheDiskCannotHoldIsKnownBeforeAByteIsWritten) {
  const TemporaryFolder folder;
  AsideFile file(folder / "f", std::uint64_t{1} << 60U);

  const std::vector<Problem> problems = problems_of([&] { file.reserve(); });

  ASSERT_EQ(problems.size(), 1U);
  EXPECT_THAT(problems[0].message, HasSubstr("cannot be written"));
}

TEST(ReadArray, GivesAllBytesAlignedAndRefusesWhatIsNoFile) {
  const TemporaryFolder folder;
  const Array array = read_array(folder.write("f", "abc"));
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);

  EXPECT_EQ(array.shape(), (std::vector<std::int64_t>{3}));
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(array.data()), 3), "abc");
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(array.data()) % 64, 0U);
  EXPECT_EQ(problems_of([&] { read_array(folder / "pipe"); }).at(0).message, "is not a regular file");
  EXPECT_EQ(problems_of([&] { read_array(folder / "none"); }).at(0).message, "there is no such file");
}

TEST(Append, AddsAtTheEnd) {
  const TemporaryFolder folder;

  append(folder / "log", "one\n");
  append(folder / "log", "two\n");

  EXPECT_EQ(read_text(folder / "log"), "one\ntwo\n");
}

TEST(Append, ToAFullDeviceFails) {
  EXPECT_EQ(problems_of([] { append("/dev/full", "x"); }).at(0).message,
            "cannot be written: no space left on device (1 byte needed)");
}

TEST(MakeFolders, MakesAllLevelsAndIsFineIfTheyExist) {
  const TemporaryFolder folder;

  make_folders(folder / "a/b/c");
  make_folders(folder / "a/b/c/");

  EXPECT_TRUE(is_folder(folder / "a/b/c"));
}

TEST(MakeFolders, NamesTheFileInTheWay) {
  const TemporaryFolder folder;
  folder.write("file", "x");

  const auto problems = problems_of([&] { make_folders(folder / "file/b"); });

  ASSERT_EQ(problems.size(), 1U);
  EXPECT_THAT(problems[0].where.name(), HasSubstr("/file"));
  EXPECT_THAT(problems[0].message, HasSubstr("cannot be made"));
}

TEST(ListFolder, IsSortedAndEmptyWhereNoFolderIs) {
  const TemporaryFolder folder;
  folder.write("b", "");
  folder.write("a", "");

  EXPECT_THAT(list_folder(folder.path()), ElementsAre("a", "b"));
  EXPECT_THAT(list_folder(folder / "none"), IsEmpty());
  EXPECT_EQ(problems_of([&] { list_folder(folder / "a"); }).at(0).message,
            "cannot be listed: not a directory");
}

TEST(Remove, TellsWhetherSomethingWasThere) {
  const TemporaryFolder folder;
  folder.write("tree/a/b", "x");
  folder.write("file", "x");

  EXPECT_TRUE(remove_file(folder / "file"));
  EXPECT_FALSE(remove_file(folder / "file"));
  EXPECT_TRUE(remove_tree(folder / "tree"));
  EXPECT_FALSE(remove_tree(folder / "tree"));
}

TEST(Overwrite, PutsBytesOverTheBeginning) {
  const TemporaryFolder folder;

  overwrite(folder / "hb", "1\n");
  overwrite(folder / "hb", "2\n");

  EXPECT_EQ(read_text(folder / "hb"), "2\n");
  EXPECT_EQ(problems_of([&] { overwrite(folder / "none/hb", "1"); }).size(), 1U);
}

TEST(Paths, AreTakenApartAndPutTogether) {
  EXPECT_EQ(join_path("a/b/", "c"), "a/b/c");
  EXPECT_EQ(join_path("a", "/c"), "/c");
  EXPECT_EQ(join_path("", "c"), "c");
  EXPECT_EQ(base_name("a/b/c/"), "c");
  EXPECT_EQ(base_name("/"), "/");
  EXPECT_EQ(parent_folder("a/b/c"), "a/b");
  EXPECT_EQ(parent_folder("c"), ".");
  EXPECT_EQ(parent_folder("/c"), "/");
  EXPECT_EQ(absolute_path("/a/./b/../c/"), "/a/c");
}

}  // namespace
}  // namespace assay
