#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/files.h"
#include "runner/config/starter.h"
#include "tests/runner/cli/support.h"

namespace assay::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(NewConfig, EveryStarterPassesCheck) {
  for (const Starter& starter : starters()) {
    const TemporaryFolder folder;
    const std::string file = folder / "mine.yaml";
    ASSERT_EQ(run_assay({"new", "config", starter.name, "-o", file}).exit_code, 0) << starter.name;

    const Finished check = run_assay({"check", file});

    EXPECT_EQ(check.exit_code, 0) << starter.name << '\n' << check.err;
    EXPECT_THAT(check.err, IsEmpty()) << starter.name;
  }
}

TEST(NewConfig, IsPrintedWithoutAFile) {
  EXPECT_EQ(run_assay({"new", "config"}).out, run_assay({"new", "config", "classification"}).out);
  EXPECT_THAT(run_assay({"new", "config", "images"}).out, HasSubstr("conv2d"));
}

TEST(NewConfig, NeverOverwrites) {
  const TemporaryFolder folder;
  const std::string mine = folder.write("mine.yaml", "assay: 1\n");

  const Finished refused = run_assay({"new", "config", "-o", mine});

  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("is there already"));
  EXPECT_EQ(read_text(mine), "assay: 1\n");
}

TEST(NewConfig, UnknownTaskListsTheTasks) {
  const Finished wrong = run_assay({"new", "config", "regresion"});

  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_THAT(wrong.err, AllOf(HasSubstr("TASK is 'regresion'"), HasSubstr("did you mean 'regression'?")));
}

TEST(NewExperiment, OfEveryTaskRunsAndSaysWhatIsMissing) {
  for (const Starter& starter : starters()) {
    const TemporaryFolder folder;
    const std::string mine = folder / "our-paper";
    ASSERT_EQ(run_assay({"new", "experiment", mine, starter.name}).exit_code, 0) << starter.name;

    const Finished quick =
        run_assay({"reproduce", mine, "--quick", "--workers", "1", "--runs", folder / "runs"});

    EXPECT_EQ(quick.exit_code, 0) << starter.name << '\n' << quick.err;
    EXPECT_THAT(quick.out, AllOf(HasSubstr("our-paper"), HasSubstr("loss on test data"))) << starter.name;
  }
}

TEST(NewExperiment, ARowThatWasNotFilledInDoesNotHold) {
  const TemporaryFolder folder;
  const std::string mine = folder / "our-paper";
  run_assay({"new", "experiment", mine});

  EXPECT_EQ(run_assay({"reproduce", mine, "--workers", "1", "--runs", folder / "runs"}).exit_code, 8);
}

TEST(NewExperiment, GivesItsRunsItsName) {
  const TemporaryFolder folder;
  const std::string mine = folder / "2026";
  run_assay({"new", "experiment", mine});

  EXPECT_EQ(run_assay({"check", mine + "/experiment.yaml"}).exit_code, 0);
  EXPECT_THAT(run_assay({"show", mine + "/experiment.yaml"}).out, HasSubstr("name: \"2026\""));
  EXPECT_THAT(run_assay({"new", "experiment", folder / "our paper"}).err, HasSubstr("is no name of runs"));
}

TEST(NewExperiment, LeavesAFolderThatIsThereAlone) {
  const TemporaryFolder folder;

  const Finished refused = run_assay({"new", "experiment", folder.path()});

  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("is there already"));
  EXPECT_FALSE(exists(folder / "experiment.yaml"));
}

}  // namespace
}  // namespace assay::testing
