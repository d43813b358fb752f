#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/json_text.h"
#include "core/text.h"
#include "tests/runner/cli/support.h"

namespace assay::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

TEST(DiffCommand, OfTheSameExperimentEndsInZero) {
  const TemporaryFolder folder;
  const std::string copy = folder.write("copy.yaml", run_assay({"show", "configs/digits.yaml"}).out);

  const Finished diff = run_assay({"diff", "configs/digits.yaml", copy});

  EXPECT_EQ(diff.exit_code, 0) << diff.err;
  EXPECT_THAT(diff.out, StartsWith("equal"));
}

TEST(DiffCommand, OfTwoConfigsListsTheKeysAndEndsInEight) {
  const TemporaryFolder folder;
  const std::string copy =
      folder.write("copy.yaml", run_assay({"show", "configs/digits.yaml", "optimizer.lr=0.5"}).out);

  const Finished diff = run_assay({"diff", "configs/digits.yaml", copy});

  EXPECT_EQ(diff.exit_code, 8);
  EXPECT_THAT(diff.err, IsEmpty());
  EXPECT_THAT(diff.out, AllOf(HasSubstr("optimizer.lr"), HasSubstr("0.001"), HasSubstr("0.5")));
}

TEST(DiffCommand, AsJsonHasBothValues) {
  const Finished diff = run_assay({"diff", "configs/digits.yaml", "configs/csv.yaml", "--format", "json"});
  const Json json = parse_json(diff.out, "diff");

  EXPECT_EQ(diff.exit_code, 8);
  EXPECT_FALSE(json.find("equal")->boolean());
  EXPECT_EQ(json.find_path("differences.0.key")->text(), "name");
  EXPECT_EQ(json.find_path("differences.0.b")->text(), "iris");
}

TEST(DiffCommand, ComparesARunWithItsConfigAndWithAnotherRun) {
  const TemporaryFolder folder;
  ASSERT_EQ(run_assay(short_run(folder.path(), {"seed=1"})).exit_code, 0);
  const std::string one(trim(run_assay(short_run(folder.path(), {"seed=1", "--quiet"})).out));
  ASSERT_EQ(run_assay(short_run(folder.path(), {"seed=2"})).exit_code, 0);
  const std::string two(trim(run_assay(short_run(folder.path(), {"seed=2", "--quiet"})).out));

  const Finished runs = run_assay({"diff", one, two, "--runs", folder.path()});
  const Finished with_config = run_assay({"diff", one, "configs/digits.yaml"});

  EXPECT_EQ(runs.exit_code, 8) << runs.err;
  EXPECT_EQ(split(std::string(trim(runs.out)), '\n').size(), 2U) << runs.out;
  EXPECT_EQ(with_config.exit_code, 8) << with_config.err;
  EXPECT_THAT(with_config.out, AllOf(HasSubstr("seed"), HasSubstr("train.until")));
}

TEST(DiffCommand, UnknownRunIsAUsageError) {
  const TemporaryFolder folder;

  EXPECT_EQ(run_assay({"diff", "3f2a", "configs/digits.yaml", "--runs", folder.path()}).exit_code, 2);
}

}  // namespace
}  // namespace assay::testing
