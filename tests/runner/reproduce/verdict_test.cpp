#include "runner/reproduce/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "core/text.h"
#include "runner/reproduce/verdict_text.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using namespace reproduce;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Word = RowVerdict::Word;

/// A finished trial with `fold` and a loss.
TrialResult trial(std::int64_t fold, double loss) {
  Override override;
  override.path = {"dataset", "split", "fold"};
  override.value = Value::scalar(text(fold), false, {});
  TrialResult out;
  out.name = text("trial ", fold);
  out.overrides = {override};
  out.is_finished = true;
  out.metrics = {{"test/loss", loss}};
  return out;
}

RowSection row_of(ToleranceSection tolerance, std::optional<double> value = 1.0) {
  RowSection row;
  row.name = "loss";
  row.run = "main";
  row.metric = "test/loss";
  row.value = value;
  row.tolerance = std::move(tolerance);
  row.reason = "so";
  return row;
}

Expected expected_of(std::vector<RowSection> rows) {
  Expected out;
  out.name = "test";
  out.runs = {{"main", {}, {}}};
  out.rows = std::move(rows);
  out.where.resize(out.rows.size());
  out.paired.resize(out.rows.size());
  return out;
}

Value published(std::int64_t fold, double loss) {
  Value out = Value::map({}, {});
  out.set("dataset.split.fold", Value::scalar(text(fold), false, {}));
  out.set("test/loss", Value::scalar(text(loss), false, {}));
  return out;
}

RowVerdict judged(const Expected& expected, const std::vector<TrialResult>& trials) {
  return judge(expected, {{"main", trials}}, Judging::strict).rows.front();
}

TEST(Verdict, AMeanWithinItsToleranceHolds) {
  ToleranceSection tolerance;
  tolerance.absolute = 0.1;
  const Expected expected = expected_of({row_of(tolerance)});

  const RowVerdict row = judged(expected, {trial(0, 1.0), trial(1, 1.1)});

  EXPECT_EQ(row.word, Word::holds);
  EXPECT_DOUBLE_EQ(row.ours.mean, 1.05);
  EXPECT_EQ(row.tolerance, "within 0.1");
}

TEST(Verdict, EveryToleranceThatIsWrittenHasToBeKept) {
  ToleranceSection tolerance;
  tolerance.absolute = 0.1;
  tolerance.relative = Share{0.01};
  const Expected expected = expected_of({row_of(tolerance)});

  const RowVerdict row = judged(expected, {trial(0, 1.05)});

  EXPECT_EQ(row.word, Word::missed);
  EXPECT_THAT(row.misses, ElementsAre("not within 1%"));
}

TEST(Verdict, ARangeNeedNotBeAroundWhatWasPublished) {
  ToleranceSection tolerance;
  tolerance.between = {0.5, 0.9};
  const Expected expected = expected_of({row_of(tolerance)});

  EXPECT_EQ(judged(expected, {trial(0, 0.6)}).word, Word::holds);
  EXPECT_EQ(judged(expected, {trial(0, 1.0)}).word, Word::missed);
}

TEST(Verdict, DeviationsAreThosePublished) {
  ToleranceSection tolerance;
  tolerance.sds = 2;
  RowSection row = row_of(tolerance);
  row.spread.sd = 0.05;
  const Expected expected = expected_of({row});

  EXPECT_EQ(judged(expected, {trial(0, 1.09)}).word, Word::holds);
  EXPECT_EQ(judged(expected, {trial(0, 1.11)}).word, Word::missed);
}

TEST(Verdict, PairedTrialsAreComparedWithThemselves) {
  ToleranceSection tolerance;
  tolerance.standard_errors = 3;
  RowSection row = row_of(tolerance, std::nullopt);
  row.paired_with.text = "published.csv";
  Expected expected = expected_of({row});
  expected.paired[0] = {published(0, 1), published(1, 5), published(2, 9)};

  const RowVerdict verdict = judged(expected, {trial(0, 1.1), trial(1, 4.9), trial(2, 9.1)});

  EXPECT_EQ(verdict.word, Word::holds);
  EXPECT_DOUBLE_EQ(*verdict.published, 5);
  EXPECT_NEAR(verdict.difference->mean, 0.1 / 3, 1e-12);
  EXPECT_NEAR(verdict.difference->standard_error, 0.2 / 3, 1e-12);
}

TEST(Verdict, APublishedTrialThatIsMissingIsAMiss) {
  ToleranceSection tolerance;
  tolerance.absolute = 1;
  RowSection row = row_of(tolerance, std::nullopt);
  row.paired_with.text = "published.csv";
  Expected expected = expected_of({row});
  expected.paired[0] = {published(0, 1), published(1, 5)};

  EXPECT_THAT(judged(expected, {trial(0, 1)}).misses,
              ElementsAre("1 published trial of paired_with missing here"));
}

TEST(Verdict, ATrialThatFailedIsAMissThoughTheOthersFit) {
  ToleranceSection tolerance;
  tolerance.absolute = 1;
  const Expected expected = expected_of({row_of(tolerance)});
  TrialResult failed = trial(1, 0);
  failed.is_finished = false;
  failed.reason = "diverged";

  const RowVerdict row = judged(expected, {trial(0, 1), failed});

  EXPECT_EQ(row.word, Word::missed);
  EXPECT_THAT(row.misses, ElementsAre("1 of 2 trials did not finish (trial 1: diverged)"));
}

TEST(Verdict, ARowIsOfTheTrialsThatHaveItsSettings) {
  ToleranceSection tolerance;
  tolerance.absolute = 0.01;
  RowSection row = row_of(tolerance);
  row.of = {{"dataset.split.fold", Json(1)}};
  const Expected expected = expected_of({row});

  EXPECT_EQ(judged(expected, {trial(0, 7), trial(1, 1)}).word, Word::holds);
}

TEST(Verdict, SettingsThatNoTrialHasAreAnError) {
  ToleranceSection tolerance;
  tolerance.absolute = 0.01;
  RowSection row = row_of(tolerance);
  row.of = {{"dataset.split.fold", Json(9)}};
  const Expected expected = expected_of({row});

  const auto problems = problems_of([&] { judged(expected, {trial(0, 7)}); });

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].hint, HasSubstr("dataset.split.fold: 9"));
}

TEST(Verdict, AMetricThatNoTrialHasSuggestsOneThatItHas) {
  ToleranceSection tolerance;
  tolerance.absolute = 0.01;
  RowSection row = row_of(tolerance);
  row.metric = "test/los";
  const Expected expected = expected_of({row});

  const auto problems = problems_of([&] { judged(expected, {trial(0, 7)}); });

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].hint, HasSubstr("did you mean 'test/loss'?"));
}

TEST(Verdict, AnOrderIsOfTheMeansOfRows) {
  ToleranceSection wide;
  wide.absolute = 100;
  RowSection low = row_of(wide), high = row_of(wide);
  low.name = "low";
  low.of = {{"dataset.split.fold", Json(0)}};
  high.name = "high";
  high.of = {{"dataset.split.fold", Json(1)}};
  RowSection order;
  order.name = "order";
  order.order = {"high", "low"};
  const Expected expected = expected_of({order, low, high});

  EXPECT_EQ(judged(expected, {trial(0, 1), trial(1, 2)}).word, Word::holds);
  EXPECT_THAT(judged(expected, {trial(0, 2), trial(1, 1)}).misses,
              ElementsAre("high (1) is not above low (2)"));
}

TEST(Verdict, NothingIsJudgedOfAQuickRun) {
  ToleranceSection tolerance;
  tolerance.absolute = 0.1;
  RowSection row = row_of(tolerance);
  const Expected expected = expected_of({row});

  const Verdict verdict = judge(expected, {{"main", {trial(0, 7)}}}, Judging::none);

  EXPECT_EQ(verdict.rows[0].word, Word::not_judged);
  EXPECT_THAT(verdict.rows[0].misses, IsEmpty());
  EXPECT_EQ(verdict_word(verdict, Judging::none), "not judged");
}

TEST(Verdict, AsMarkdownHasARowForEachAndSaysWhy) {
  ToleranceSection tolerance;
  tolerance.absolute = 0.1;
  const Expected expected = expected_of({row_of(tolerance)});
  const Verdict verdict = judge(expected, {{"main", {trial(0, 1.0), trial(1, 1.1)}}}, Judging::strict);

  const std::string markdown = to_markdown(expected, verdict, Judging::strict, {});

  EXPECT_THAT(markdown, HasSubstr("**reproduced**: 1 of 1 rows hold"));
  EXPECT_THAT(markdown, HasSubstr("| loss | 1 | 1.05 | 0.4147 to 1.685 | 2 |  | within 0.1 | holds |"));
  EXPECT_THAT(markdown, HasSubstr("- loss: so\n"));
}

TEST(Verdict, AsJsonHasEveryDigit) {
  ToleranceSection tolerance;
  tolerance.absolute = 0.1;
  const Expected expected = expected_of({row_of(tolerance)});
  const Verdict verdict = judge(expected, {{"main", {trial(0, 7)}}}, Judging::strict);

  const Json json = reproduce::to_json(expected, verdict, Judging::strict, {});

  EXPECT_EQ(json.find("verdict")->text(), "not reproduced");
  EXPECT_EQ(json.find_path("rows.0.ours.mean")->real(), 7);
  EXPECT_TRUE(json.find_path("rows.0.ours.low")->is_null());
}

}  // namespace
}  // namespace assay::testing
