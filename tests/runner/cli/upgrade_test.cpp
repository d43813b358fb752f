#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/runner/cli/support.h"

namespace assay::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(UpgradeCommand, LeavesAConfigOfTodayAsItIs) {
  const TemporaryFolder folder;
  const std::string text = read_text(source_folder() + "/configs/digits.yaml");
  const std::string copy = folder.write("copy.yaml", text);

  const Finished upgraded = run_assay({"upgrade", copy, "--write"});

  EXPECT_EQ(upgraded.exit_code, 0) << upgraded.err;
  EXPECT_THAT(upgraded.out, IsEmpty());
  EXPECT_THAT(upgraded.err, HasSubstr("needs no upgrade"));
  EXPECT_EQ(read_text(copy), text);
}

TEST(UpgradeCommand, AConfigWithMistakesIsNotTouched) {
  const TemporaryFolder folder;

  EXPECT_EQ(run_assay({"upgrade", folder.write("a.yaml", "assay: 1\nmodell: mlp\n"), "--write"}).exit_code,
            3);
}

}  // namespace
}  // namespace assay::testing
