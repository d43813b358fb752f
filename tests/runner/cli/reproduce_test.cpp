// Whether a recorded run comes out again, as a run of its own.
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/files.h"
#include "core/text.h"
#include "runner/cli/seed_spread.h"
#include "tests/runner/cli/support.h"

namespace assay::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

std::string finished_run(const std::string& runs, std::vector<std::string> more = {}) {
  more.emplace_back("--quiet");
  const Finished run = run_assay(short_run(runs, std::move(more)));
  EXPECT_EQ(run.exit_code, 0) << run.err;
  return std::string(trim(run.out));
}

Finished reproduce(const std::string& run, const std::string& runs, std::vector<std::string> more = {}) {
  more.insert(more.begin(), {"reproduce", run, "--runs", runs, "--quiet"});
  return run_assay(std::move(more));
}

TEST(Reproduce, TrainsAFurtherRunThatIsIdentical) {
  const TemporaryFolder folder;
  const std::string run = finished_run(folder.path());

  const Finished verdict = reproduce(run, folder.path());

  EXPECT_EQ(verdict.exit_code, 0) << verdict.err;
  EXPECT_THAT(verdict.out, AllOf(StartsWith("identical  digits-mlp/"), HasSubstr(base_name(run) + ".2")));
  EXPECT_EQ(run_assay({"verify", run, "--against", run + ".2"}).exit_code, 0);
}

TEST(Reproduce, RecordsWhichRunIsRepeated) {
  const TemporaryFolder folder;
  const std::string run = finished_run(folder.path());
  reproduce(run, folder.path());

  const Finished shown = run_assay({"runs", "show", run + ".2"});

  EXPECT_THAT(shown.out, AllOf(HasSubstr("repeats"), HasSubstr("digits-mlp/" + base_name(run))));
}

TEST(Reproduce, OfAnotherFolderLeavesThatAsItIs) {
  const TemporaryFolder theirs, mine;
  const std::string run = finished_run(theirs.path());

  const Finished verdict = reproduce(run, mine.path());

  EXPECT_EQ(verdict.exit_code, 0) << verdict.err;
  EXPECT_THAT(list_folder(theirs / "digits-mlp"), SizeIs(1));
  EXPECT_THAT(list_folder(mine / "digits-mlp"), SizeIs(1));
}

/// A table whose last cell is `last`.
void write_table(const std::string& path, const std::string& last) {
  std::ofstream file(path);
  file << "x,y\n";
  for (int row = 0; row < 39; ++row) file << row << ',' << 2 * row << '\n';
  file << "39," << last << '\n';
}

TEST(Reproduce, OfOtherDataNamesThemAndSaysWhatDiffers) {
  const TemporaryFolder folder;
  std::ofstream(folder / "line.yaml") << "assay: 1\n"
                                         "dataset: {type: csv, file: line.csv, target: y, task: regression}\n"
                                         "model: mlp\noptimizer: adamw\ntrain: {until: 2 epochs}\n";
  write_table(folder / "line.csv", "78");
  const Finished run = run_assay({"run", folder / "line.yaml", "--runs", folder / "runs", "--quiet"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  write_table(folder / "line.csv", "1000");

  const Finished verdict = reproduce(std::string(trim(run.out)), folder / "runs");

  EXPECT_EQ(verdict.exit_code, 8) << verdict.err;
  EXPECT_THAT(verdict.err, AllOf(HasSubstr("data: "), HasSubstr("is not what the run was begun with")));
  EXPECT_THAT(verdict.out, AllOf(StartsWith("different"), HasSubstr("first in ")));
}

TEST(Reproduce, OfARunThatIsNotFinishedSaysWhatCanBeDone) {
  const TemporaryFolder folder;
  const Finished run = run_assay(short_run(folder.path(), {"optimizer={type: sgd, lr: 1e30}", "--quiet"}));
  ASSERT_EQ(run.exit_code, 1);

  const Finished verdict = reproduce(std::string(trim(run.out)), folder.path());

  EXPECT_EQ(verdict.exit_code, 2);
  EXPECT_THAT(verdict.err, AllOf(HasSubstr("is failed"), HasSubstr("assay verify")));
}

TEST(Reproduce, OfAFolderWithExpectedValuesReadsThem) {
  const TemporaryFolder folder;
  folder.write("expected.yaml", "metrics: []\n");

  const Finished verdict = reproduce(folder.path(), folder.path());

  EXPECT_EQ(verdict.exit_code, 3);
  EXPECT_THAT(verdict.err, HasSubstr("metrics: unknown key"));
}

TEST(Reproduce, WithAToleranceThatIsNoNumberIsRefused) {
  const TemporaryFolder folder;

  const Finished verdict = reproduce("3f2a", folder.path(), {"--tolerance", "little"});

  EXPECT_EQ(verdict.exit_code, 2);
  EXPECT_THAT(verdict.err, HasSubstr("--tolerance is 'little', no number"));
}

store::MetricValues values(double accuracy) { return {{"train/loss", 7}, {"valid/accuracy", accuracy}}; }

store::RunSummary summary(double accuracy) {
  store::RunSummary now;
  now.last = values(accuracy);
  return now;
}

TEST(SeedSpread, JudgesResultsByTwoStandardDeviations) {
  // Mean 0.9, standard deviation 0.01.
  const std::vector<store::MetricValues> seeds{values(0.91), values(0.9), values(0.89)};

  const auto near = cli::spread_of(seeds, summary(0.881)), far = cli::spread_of(seeds, summary(0.879));

  ASSERT_THAT(near, SizeIs(1));
  EXPECT_NEAR(near[0].deviation, 0.01, 1e-12);
  EXPECT_TRUE(cli::all_within(near));
  EXPECT_FALSE(cli::all_within(far));
}

TEST(SeedSpread, OfTwoSeedsIsNone) {
  EXPECT_THAT(cli::spread_of({values(0.91), values(0.9)}, summary(0.9)), IsEmpty());
  EXPECT_FALSE(cli::all_within({}));
}

TEST(SeedSpread, AResultThatIsMissingIsNotWithinIt) {
  const std::vector<store::MetricValues> seeds{values(0.91), values(0.9), values(0.89)};

  EXPECT_FALSE(cli::all_within(cli::spread_of(seeds, store::RunSummary{})));
}

}  // namespace
}  // namespace assay::testing
