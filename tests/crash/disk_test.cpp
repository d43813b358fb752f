// The simulated disk loses what a disk may lose, and nothing else.

#include "tests/crash/disk.h"

#include <set>
#include <stdexcept>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::crash {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

RecordedOp op(Op kind, const std::string& path, const std::string& second = {}) {
  RecordedOp out;
  out.header.op = kind;
  out.path = path;
  out.second = second;
  return out;
}

RecordedOp write(const std::string& path, std::uint64_t offset, const std::string& bytes) {
  RecordedOp out = op(Op::write, path);
  out.header.offset = offset;
  out.header.length = bytes.size();
  out.bytes = bytes;
  return out;
}

RecordedOp sync(Op kind, const std::string& path, std::uint64_t number) {
  RecordedOp out = op(kind, path);
  out.header.sync = number;
  return out;
}

class DiskTest : public ::testing::Test {
 protected:
  void sync_all(const std::string& path) {
    disk.apply(sync(Op::sync_begin, path, 1));
    disk.apply(sync(Op::sync_end, path, 1));
  }

  /// What the file may hold after a power cut; "(none)" where it is not there.
  std::set<std::string> contents(const std::string& path) {
    std::set<std::string> out;
    for (int i = 0; i < 400; ++i) {
      const Tree tree = disk.after_power_cut(random);
      const auto found = tree.find(path);
      out.insert(found == tree.end() ? "(none)" : found->second);
    }
    return out;
  }

  Disk disk;
  Random random{7};
};

TEST_F(DiskTest, NewFileWithoutASyncMayBeMissingEmptyOrWhole) {
  disk.apply(op(Op::create, "a"));
  disk.apply(write("a", 0, "row"));

  EXPECT_THAT(contents("a"), AllOf(Contains("(none)"), Contains(""), Contains("row")));
}

TEST_F(DiskTest, SyncedFileInASyncedFolderStays) {
  disk.apply(op(Op::create, "a"));
  disk.apply(write("a", 0, "row"));
  sync_all("a");
  sync_all("");

  EXPECT_THAT(contents("a"), ElementsAre("row"));
}

TEST_F(DiskTest, SyncOfAFileDoesNotKeepItsName) {
  disk.apply(op(Op::create, "a"));
  sync_all("a");

  EXPECT_THAT(contents("a"), Contains("(none)"));
}

TEST_F(DiskTest, SyncOfAFolderDoesNotKeepBytes) {
  disk.apply(op(Op::create, "a"));
  disk.apply(write("a", 0, "row"));
  sync_all("");

  EXPECT_THAT(contents("a"), AllOf(Contains(""), Contains("row"), Not(Contains("(none)"))));
}

TEST_F(DiskTest, WhatIsWrittenWhileASyncRunsIsNotOfIt) {
  disk.apply(op(Op::create, "a"));
  sync_all("");
  disk.apply(write("a", 0, "one"));
  disk.apply(sync(Op::sync_begin, "a", 1));
  disk.apply(write("a", 3, "two"));
  disk.apply(sync(Op::sync_end, "a", 1));

  EXPECT_THAT(contents("a"), AllOf(Contains("one"), Contains("onetwo"), Not(Contains(""))));
}

TEST_F(DiskTest, PagesPersistEachOnItsOwn) {
  const std::string page(4096, 'x');
  disk.apply(op(Op::create, "a"));
  sync_all("");
  disk.apply(write("a", 0, page));
  disk.apply(write("a", 4096, page));

  EXPECT_THAT(contents("a"), Contains(std::string(4096, '\0') + page));
}

TEST_F(DiskTest, PagesMayBeTornAtSectors) {
  disk.apply(op(Op::create, "a"));
  sync_all("");
  disk.apply(write("a", 0, std::string(1024, 'x')));

  EXPECT_THAT(contents("a"), Contains(std::string(512, '\0') + std::string(512, 'x')));
}

TEST_F(DiskTest, RenamePersistsWholeOrNotAtAll) {
  disk.apply(op(Op::create, "a"));
  sync_all("");
  disk.apply(write("a", 0, "old"));
  sync_all("a");
  disk.apply(op(Op::create, "a.tmp"));
  disk.apply(write("a.tmp", 0, "new"));
  sync_all("a.tmp");
  disk.apply(op(Op::rename, "a.tmp", "a"));

  EXPECT_THAT(contents("a"), ElementsAre("new", "old"));
}

TEST_F(DiskTest, NamesPersistInTheOrderOfTheirFolder) {
  disk.apply(op(Op::create, "first"));
  disk.apply(op(Op::create, "second"));

  for (int i = 0; i < 100; ++i) {
    const Tree tree = disk.after_power_cut(random);
    EXPECT_TRUE(tree.contains("first") || !tree.contains("second"));
  }
}

TEST_F(DiskTest, FileInAFolderThatDidNotPersistIsGone) {
  disk.apply(op(Op::make_folder, "f"));
  disk.apply(op(Op::create, "f/a"));
  sync_all("f/a");
  sync_all("f");

  EXPECT_THAT(contents("f/a"), ElementsAre("", "(none)"));
}

TEST_F(DiskTest, AfterAFailedSyncALaterOneDoesNotBringTheBytes) {
  disk.apply(op(Op::create, "a"));
  sync_all("");
  disk.apply(write("a", 0, "row"));
  disk.apply(sync(Op::sync_begin, "a", 1));
  disk.apply(sync(Op::sync_failed, "a", 1));
  sync_all("a");

  EXPECT_THAT(contents("a"), Not(Contains("row")));
}

TEST_F(DiskTest, RemovedFileMayComeBackWithWhatWasSynced) {
  disk.apply(op(Op::create, "a"));
  disk.apply(write("a", 0, "row"));
  sync_all("a");
  sync_all("");
  disk.apply(op(Op::unlink, "a"));

  EXPECT_THAT(contents("a"), ElementsAre("(none)", "row"));
}

TEST_F(DiskTest, BothNamesOfAFileShowTheSameBytes) {
  disk.apply(op(Op::create, "a"));
  disk.apply(write("a", 0, std::string(8192, 'x')));
  disk.apply(op(Op::link, "a", "b"));
  sync_all("");

  for (int i = 0; i < 50; ++i) {
    Tree tree = disk.after_power_cut(random);
    EXPECT_EQ(tree["a"], tree["b"]);
  }
}

TEST_F(DiskTest, RecordingWithAHoleIsRefused) {
  EXPECT_THROW(disk.apply(write("never made", 0, "row")), std::runtime_error);
}

TEST(Trees, WrittenAndReadTreesAreEqual) {
  const Tree tree{{"f/", ""}, {"f/a", "row"}, {"b", ""}};
  Disk disk(tree);

  EXPECT_THAT(differences(disk.now(), tree), ElementsAre());
  Random random(1);
  EXPECT_THAT(differences(disk.after_power_cut(random), tree), ElementsAre());
}

}  // namespace
}  // namespace assay::crash
