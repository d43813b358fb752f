#include "runner/store/exact_diff.h"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/runner/store/example_run.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using store::ExactComparison;
using store::RecordDifference;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

/// A run of two rows and a final checkpoint, and its folder.
struct Variant {
  double loss = 0.5;  // of the second row
  float shift = 0;    // of the checkpoint
  double learning_rate = 0.001;
  bool has_second_row = true;
  std::int64_t count = 1;  // of an array that is logged
  std::int64_t array_step = 20;
};

std::string write_run(const std::string& runs_dir, const Variant& variant) {
  store::BeginRun begin = example_begin(runs_dir);
  begin.resolved.set("lr", variant.learning_rate);
  const auto record = store::RecordWriter::begin(std::move(begin));
  record->log(10, 1, std::vector<Scalar>{{"valid/loss", 0.75}});
  if (variant.has_second_row) record->log(20, 2, std::vector<Scalar>{{"valid/loss", variant.loss}});
  record->array(variant.array_step, "valid/confusion_matrix", example_array(variant.count));
  record->checkpoint({.step = 20, .epoch = 2, .is_final = true}, example_state(variant.shift));
  record->finish(example_outcome());
  return record->folder();
}

ExactComparison compared(const Variant& a, const Variant& b) {
  const TemporaryFolder folder;
  return store::compare_exactly(write_run(folder / "a", a), write_run(folder / "b", b));
}

TEST(ExactDiff, OfEqualRunsIsNothing) {
  const ExactComparison all = compared({}, {});

  EXPECT_TRUE(all.is_identical());
  EXPECT_EQ(all.series, 1);
  EXPECT_EQ(all.rows, 2);
  EXPECT_EQ(all.checkpoints, 1);
  EXPECT_GT(all.arrays, 0);
}

TEST(ExactDiff, NamesTheSeriesTheStepAndBothValues) {
  const ExactComparison all = compared({}, {.loss = 0.25});

  ASSERT_THAT(all.differences, SizeIs(1));
  const RecordDifference& first = all.differences[0];
  EXPECT_EQ(first.where, "metrics/valid/loss");
  EXPECT_EQ(first.step, 20);
  EXPECT_EQ(first.a, "0.5");
  EXPECT_EQ(first.b, "0.25");
  EXPECT_EQ(first.note, "1 of 2 rows differ, by at most 0.25");
  EXPECT_TRUE(all.is_within(0.25));
  EXPECT_FALSE(all.is_within(0.2));
}

TEST(ExactDiff, SeesTheSignOfZeroAndTheBitsOfNan) {
  EXPECT_FALSE(compared({.loss = 0.0}, {.loss = -0.0}).is_identical());
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(compared({.loss = nan}, {.loss = nan}).is_identical());
  EXPECT_FALSE(compared({.loss = nan}, {.loss = -nan}).is_identical());
}

TEST(ExactDiff, NamesARowThatIsMissing) {
  const ExactComparison all = compared({}, {.has_second_row = false});

  ASSERT_THAT(all.differences, SizeIs(1));
  EXPECT_EQ(all.differences[0].b, "nothing");
  EXPECT_EQ(all.differences[0].note, "2 and 1 row");
  EXPECT_FALSE(all.is_within(1e9));
}

TEST(ExactDiff, NamesTheTensorAndItsFirstElement) {
  const ExactComparison all = compared({}, {.shift = 1});

  ASSERT_FALSE(all.is_identical());
  EXPECT_THAT(all.differences[0].where, StartsWith("checkpoints/final/"));
  EXPECT_EQ(all.differences[0].step, 20);
  EXPECT_THAT(all.differences[0].note, HasSubstr("numbers differ, by at most"));
}

TEST(ExactDiff, NamesTheArrayThatWasLoggedAndItsFirstElement) {
  const ExactComparison all = compared({}, {.count = 4});

  ASSERT_THAT(all.differences, SizeIs(1));
  const RecordDifference& first = all.differences[0];
  EXPECT_EQ(first.where, "arrays/valid/confusion_matrix[0, 0]");
  EXPECT_EQ(first.step, 20);
  EXPECT_EQ(first.a, "1");
  EXPECT_EQ(first.b, "4");
}

TEST(ExactDiff, ArraysOfOtherStepsAreOthers) {
  const ExactComparison all = compared({}, {.array_step = 10});

  ASSERT_THAT(all.differences, SizeIs(1));
  EXPECT_EQ(all.differences[0].a, "i64 [2, 3] of step 20");
  EXPECT_EQ(all.differences[0].b, "i64 [2, 3] of step 10");
}

TEST(ExactDiff, PutsTheConfigFirst) {
  const ExactComparison all = compared({}, {.shift = 1, .learning_rate = 0.002});

  ASSERT_FALSE(all.is_identical());
  EXPECT_EQ(all.differences[0].where, "config/resolved");
  EXPECT_THAT(all.differences[0].b, HasSubstr("0.002"));
}

TEST(ExactDiff, OfStatesNamesWhatOneLacks) {
  State a, b;
  StateWriter(a).integer("only_here", 1);
  StateWriter(b).integer("only_there", 1);

  const std::vector<RecordDifference> all = store::compare_states(a, b, 3);

  ASSERT_THAT(all, SizeIs(2));
  EXPECT_EQ(all[0].where, "only_here");
  EXPECT_EQ(all[0].b, "nothing");
  EXPECT_EQ(all[1].where, "only_there");
  EXPECT_EQ(all[1].a, "nothing");
}

}  // namespace
}  // namespace assay::testing
