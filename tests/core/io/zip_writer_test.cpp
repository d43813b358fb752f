#include "core/io/zip_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/zip.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::ElementsAre;

std::string written(const TemporaryFolder& folder,
                    const std::vector<std::pair<std::string, std::string>>& entries, std::uint64_t alignment,
                    const std::string& comment = {}) {
  std::vector<ZipWriter::Entry> sizes;
  for (const auto& [name, content] : entries) sizes.push_back({name, content.size(), alignment});
  ZipWriter zip(folder / "a.zip", sizes, comment);
  for (const auto& [name, content] : entries) {
    zip.begin();
    for (const char& byte : content) zip.write({&byte, 1});
  }
  zip.put();
  return read_text(folder / "a.zip");
}

TEST(ZipWriter, WhatIsWrittenIsReadBackWithItsChecksums) {
  const TemporaryFolder folder;
  const std::string bytes =
      written(folder, {{"a.npy", "hello"}, {"b/c", ""}, {"d", std::string(300, 'x')}}, 64, "why");

  const ZipFile zip(bytes, "a.zip");

  EXPECT_THAT(zip.names(), ElementsAre("a.npy", "b/c", "d"));
  EXPECT_EQ(zip.read("a.npy"), "hello");
  EXPECT_EQ(zip.read("b/c"), "");
  EXPECT_EQ(zip.read("d"), std::string(300, 'x'));
  EXPECT_EQ(zip.comment(), "why");
}

TEST(ZipWriter, EntriesBeginWhereTheyAreToBeMapped) {
  const TemporaryFolder folder;
  const std::string bytes = written(folder, {{"a", "1"}, {"bb", "22"}, {"ccc", "333"}}, 256);

  const ZipFile zip(bytes, "a.zip");

  for (const std::string& name : zip.names()) EXPECT_EQ(zip.place(name)->offset % 256, 0U) << name;
}

TEST(ZipWriter, WhatIsNotPutIsNotThere) {
  const TemporaryFolder folder;
  {
    ZipWriter zip(folder / "a.zip", {{"a", 5}});
    zip.begin();
  }
  EXPECT_TRUE(list_folder(folder.path()).empty());
}

TEST(ZipWriter, EqualEntriesAreEqualFiles) {
  const TemporaryFolder one, two;

  EXPECT_EQ(written(one, {{"a", "1"}}, 64), written(two, {{"a", "1"}}, 64));
}

}  // namespace
}  // namespace assay::testing
