#include "runner/reproduce/expected.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/text.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using reproduce::Expected;
using reproduce::read_expected;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

class ExpectedFile : public ::testing::Test {
 protected:
  /// The rows and what else there is, below a good beginning.
  Expected read(const std::string& rest) const {
    folder_.write("expected.yaml", "expected: 1\ntitle: a\nsource: b\nquick: {train.until: 1 step}\n" + rest);
    return read_expected(folder_.path());
  }
  std::vector<Problem> problems(const std::string& rest) const {
    return problems_of([&] { read(rest); });
  }

  TemporaryFolder folder_;
};

constexpr const char* one_row =
    "rows: [{name: r, metric: test/loss, value: 1, tolerance: {absolute: 0.1}, reason: c}]\n";

TEST_F(ExpectedFile, HasTheConfigBesideItAsItsOnlyRun) {
  const Expected expected = read(one_row);

  ASSERT_THAT(expected.runs, SizeIs(1));
  EXPECT_THAT(expected.runs[0].config.text, EndsWith("/experiment.yaml"));
  EXPECT_EQ(expected.rows[0].run, expected.runs[0].name);
  EXPECT_EQ(expected.where[0].line, 5);
}

TEST_F(ExpectedFile, AnUnknownKeySuggestsTheClosestOne) {
  const auto found = problems(
      "rows: [{name: r, metrik: test/loss, metric: test/loss, value: 1, tolerance: {absolute: 1}, reason: "
      "c}]\n");

  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].where.line, 5);
  EXPECT_EQ(found[0].where.column, 18);
  EXPECT_THAT(found[0].hint, StartsWith("did you mean 'metric'?"));
}

TEST_F(ExpectedFile, AToleranceNeedsAReason) {
  const auto found = problems("rows: [{name: r, metric: test/loss, value: 1, tolerance: {absolute: 1}}]\n");

  ASSERT_THAT(found, SizeIs(1));
  EXPECT_THAT(to_string(found[0]), HasSubstr("reason"));
}

TEST_F(ExpectedFile, ARowOfAnUnknownRunNamesThoseThereAre) {
  const auto found = problems(
      "runs: [{name: boston}, {name: yacht}]\n"
      "rows: [{name: r, run: yatch, metric: test/loss, value: 1, tolerance: {absolute: 1}, reason: c}]\n");

  ASSERT_THAT(found, SizeIs(1));
  EXPECT_THAT(found[0].message, HasSubstr("run is 'yatch'"));
  EXPECT_THAT(found[0].hint, StartsWith("did you mean 'yacht'?"));
}

TEST_F(ExpectedFile, OfSeveralRunsARowNamesOne) {
  const auto found = problems(text("runs: [{name: boston}, {name: yacht}]\n", one_row));

  ASSERT_THAT(found, SizeIs(1));
  EXPECT_THAT(found[0].hint, HasSubstr("boston, yacht"));
}

TEST_F(ExpectedFile, AnOrderIsOfRowsThatThereAre) {
  const auto found = problems(
      "rows: [{name: r, metric: test/loss, value: 1, tolerance: {absolute: 1}, reason: c},"
      " {name: o, order: [r, s], reason: c}]\n");

  ASSERT_THAT(found, SizeIs(1));
  EXPECT_THAT(found[0].message, HasSubstr("order names 's'"));
}

TEST_F(ExpectedFile, ATwiceGivenNameIsRefused) {
  const auto found = problems(
      "rows: [{name: r, metric: test/loss, value: 1, tolerance: {absolute: 1}, reason: c},"
      " {name: r, metric: test/loss, value: 2, tolerance: {absolute: 1}, reason: c}]\n");

  ASSERT_THAT(found, SizeIs(2));
  EXPECT_THAT(found[0].message, HasSubstr("another row is called 'r'"));
}

TEST_F(ExpectedFile, AToleranceInDeviationsNeedsThem) {
  const auto found =
      problems("rows: [{name: r, metric: test/loss, value: 1, tolerance: {sds: 1}, reason: c}]\n");

  ASSERT_THAT(found, SizeIs(1));
  EXPECT_THAT(to_string(found[0]), HasSubstr("spread.sd"));
}

TEST_F(ExpectedFile, PublishedTrialsAreReadFromBesideIt) {
  folder_.write("published.csv", "dataset.split.fold,test/loss\n0,0.5\n1,0.7\n");

  const Expected expected = read(
      "rows: [{name: r, metric: test/loss, paired_with: published.csv, tolerance: {absolute: 1}, reason: "
      "c}]\n");

  ASSERT_THAT(expected.paired[0], SizeIs(2));
  EXPECT_EQ(expected.paired[0][1].find("test/loss")->text(), "0.7");
}

TEST_F(ExpectedFile, PublishedTrialsWithoutTheMetricAreRefused) {
  const std::string file = folder_.write("published.csv", "dataset.split.fold,test/mse\n0,0.5\n");

  const auto found = problems(
      "rows: [{name: r, metric: test/loss, paired_with: published.csv, tolerance: {absolute: 1}, reason: "
      "c}]\n");

  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].where.name(), file);
  EXPECT_THAT(found[0].message, HasSubstr("no number for test/loss"));
}

TEST(PublishedExperiments, OfTheTreeCanAllBeRead) {
  int n = 0;
  for (const auto& entry : std::filesystem::directory_iterator(source_folder() + "/experiments")) {
    ++n;
    EXPECT_NO_THROW(read_expected(entry.path().string())) << entry.path();
    EXPECT_TRUE(std::filesystem::exists(entry.path() / "README.md")) << entry.path();
    EXPECT_TRUE(std::filesystem::exists(entry.path() / "experiment.yaml")) << entry.path();
  }
  EXPECT_GE(n, 8);
}

}  // namespace
}  // namespace assay::testing
