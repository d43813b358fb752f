#include "core/io/append_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/files.h"
#include "tests/support/file_size_limit.h"
#include "tests/support/files.h"

namespace assay {
namespace {

using testing::FileSizeLimit;
using ::testing::HasSubstr;
using testing::problems_of;
using testing::read_text;
using testing::TemporaryFolder;

TEST(AppendFile, GrowsByWhatIsAppended) {
  const TemporaryFolder folder;
  const std::string path = folder.write("journal", "head ");

  AppendFile file = AppendFile::open(path);
  file.append("one ");
  file.append("two");
  file.sync();

  EXPECT_EQ(file.length(), 12U);
  EXPECT_EQ(read_text(path), "head one two");
}

TEST(AppendFile, ThatDoesNotExistIsAnError) {
  const TemporaryFolder folder;

  EXPECT_THAT(problems_of([&] { AppendFile::open(folder / "none"); }).at(0).message,
              HasSubstr("cannot be opened: no such file"));
}

TEST(AppendFile, WriteThatFailsHalfWayLeavesTheFileAsItWas) {
  const TemporaryFolder folder;
  const std::string path = folder.write("journal", "head ");
  AppendFile file = AppendFile::open(path);
  file.append("one ");

  std::vector<Problem> problems;
  {
    const FileSizeLimit limit(12);
    problems = problems_of([&] { file.append("too long for it"); });
  }

  ASSERT_EQ(problems.size(), 1U);
  EXPECT_THAT(problems[0].message, HasSubstr("cannot be written: file too large"));
  EXPECT_EQ(read_text(path), "head one ");
  file.append("two");
  EXPECT_EQ(read_text(path), "head one two");
}

}  // namespace
}  // namespace assay
