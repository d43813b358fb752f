#include "runner/report/page.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/base64.h"
#include "core/io/digest.h"
#include "core/io/files.h"
#include "core/io/gzip.h"
#include "core/io/h5.h"
#include "core/io/json_text.h"
#include "core/text.h"
#include "tests/support/files.h"

namespace assay::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

PageParts parts_of(const std::string& skeleton) {
  return {skeleton, "p { color: red; }", "(() => {})();\n", gzip("library"), "abc="};
}

Json data_with_name(const std::string& name) {
  return Json(Json::Map{{"runs", Json(Json::List{Json(Json::Map{{"name", name}})})}});
}

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

RunData run_with(std::vector<double> values) {
  RunData run;
  run.summary.name = "digits";
  run.record.state = store::RunState::finished;
  store::Series series{"valid/loss", 0, {}, {}, {}, std::move(values)};
  for (std::size_t i = 0; i < series.value.size(); ++i) {
    series.step.push_back(static_cast<std::int64_t>(i) + 1);
    series.epoch.push_back(static_cast<std::int64_t>(i + 1) / 10);
    series.wall_ns.push_back(static_cast<std::int64_t>(i) * 1'000'000'000);
  }
  run.record.series.emplace(store::SeriesKey{"valid", "loss"}, std::move(series));
  return run;
}

Json first_series(const RunData& run) { return *page_data(std::span(&run, 1)).find_path("runs.0.series.0"); }

TEST(Page, TextOfARecordCannotEndItsElement) {
  const Json data = data_with_name("</script><script>alert(1)</script><!--");

  const std::string page = page_text(parts_of("<script>{{data}}</script>"), data, "0.1");

  EXPECT_EQ(count(page, "</script"), 1U);
  EXPECT_THAT(page, Not(HasSubstr("<!--")));
  const std::size_t begin = std::string("<script>").size();
  const Json back = parse_json(page.substr(begin, page.find("</script>") - begin), "page");
  EXPECT_EQ(*back.find_path("runs.0.name"), *data.find_path("runs.0.name"));
}

TEST(Page, WhatLooksLikeAPlaceInARecordIsLeftAlone) {
  const std::string page =
      page_text(parts_of("{{style}} {{data}} {{script}}"), data_with_name("{{script}}"), "0.1");

  EXPECT_EQ(count(page, "{{script}}"), 1U);
  EXPECT_EQ(count(page, "(() => {})();"), 1U);
}

TEST(Page, PolicyNamesTheTwoScriptsByTheirDigestsAndNothingElse) {
  const PageParts parts = parts_of("{{policy}}");
  Sha256 sha;
  sha.add(parts.script);
  const Sha256Digest digest = sha.finish();
  const std::string own = base64({reinterpret_cast<const char*>(digest.data()), digest.size()});

  const std::string policy = page_text(parts, Json::map(), "0.1");

  EXPECT_THAT(policy, HasSubstr(text("script-src 'sha256-", own, "' 'sha256-abc='; ")));
  EXPECT_THAT(policy, HasSubstr("default-src 'none'"));
  EXPECT_THAT(policy, Not(HasSubstr("http")));
}

TEST(Page, ShipsScriptsThatNoParserCutsShort) {
  const assay::testing::TemporaryFolder folder;
  const std::string library = folder.write("plotly.min.js.gz", gzip("window.Plotly = {};"));

  const PageParts parts =
      read_page_parts(join_path(assay::testing::source_folder(), "runner/report/web"), library);

  EXPECT_THAT(parts.script, Not(HasSubstr("</script")));
  EXPECT_THAT(parts.script, Not(HasSubstr("<!--")));
  EXPECT_THAT(parts.script, Not(HasSubstr("innerHTML")));
  EXPECT_THAT(parts.style, Not(HasSubstr("</style")));
  EXPECT_THAT(parts.skeleton, HasSubstr(page_mark));
}

TEST(Page, WithoutTheLibrarySaysWhatInstallsIt) {
  const assay::testing::TemporaryFolder folder;

  const auto problems =
      assay::testing::problems_of([&] { read_page_parts(folder.path(), folder / "plotly.min.js.gz"); });

  ASSERT_EQ(problems.size(), 1U);
  EXPECT_THAT(problems[0].message, HasSubstr("is not there"));
  EXPECT_THAT(problems[0].hint, HasSubstr("scripts/setup"));
}

TEST(PageData, ThinsALongSeriesAndKeepsItsEnds) {
  std::vector<double> values(100'000);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = std::sin(0.001 * static_cast<double>(i));
  values[31'415] = 7;
  values[92'653] = -7;

  const Json series = first_series(run_with(values));

  const Json::List& drawn = series.find("value")->items();
  EXPECT_LE(drawn.size(), 4'002U);
  EXPECT_GE(drawn.size(), 2'000U);
  EXPECT_EQ(series.find("rows")->integer(), 100'000);
  EXPECT_THAT(drawn, ::testing::Contains(Json(7.0)));
  EXPECT_THAT(drawn, ::testing::Contains(Json(-7.0)));
  EXPECT_NEAR(drawn.back().real(), values.back(), 1e-6);
}

TEST(PageData, DrawsEveryRowOfAShortSeries) {
  const RunData run = run_with({3, 1, 2});

  const Json data = page_data(std::span(&run, 1));

  EXPECT_EQ(to_text(*data.find_path("runs.0.series.0.value")), "[3.0,1.0,2.0]");
  EXPECT_EQ(to_text(*data.find_path("runs.0.axes.0.step")), "[1,2,3]");
  EXPECT_EQ(to_text(*data.find_path("runs.0.series.0.least")), "[1.0,2]");
}

TEST(PageData, NumbersThatAreNoneAreKeptAsTexts) {
  const Json series = first_series(run_with({NAN, 1, INFINITY}));

  EXPECT_EQ(to_text(*series.find("value")), "[\"nan\",1.0,\"inf\"]");
  EXPECT_EQ(to_text(*series.find("last")), "\"inf\"");
}

TEST(PageData, MeasurementsOfTheMachineBecomeSeries) {
  RunData run = run_with({1});
  run.record.start_ns = 1'000'000'000;
  run.record.events.push_back(
      {5, 3'000'000'000, "measured", "system/cpu_percent 99.5, system/rss_bytes 1e8", 1});

  const Json data = page_data(std::span(&run, 1));

  EXPECT_EQ(data.find_path("runs.0.system.0.name")->text(), "system/cpu_percent");
  EXPECT_EQ(to_text(*data.find_path("runs.0.system.0.seconds")), "[2.0]");
  EXPECT_EQ(to_text(*data.find_path("runs.0.system.1.value")), "[100000000.0]");
}

TEST(PageData, SquareConfusionMatricesAreShown) {
  RunData run = run_with({1});
  const Array counts = Array::of(std::vector<std::int64_t>{5, 1, 0, 6}).reshaped({2, 2});
  run.record.arrays.emplace(store::SeriesKey{"valid", "confusion_matrix"},
                            store::LoggedArray{"valid/confusion_matrix", 3, counts});

  const Json data = page_data(std::span(&run, 1));

  EXPECT_EQ(to_text(*data.find_path("runs.0.matrices.0.rows")), "[[5,1],[0,6]]");
}

TEST(PageData, SamplesHaveTheirRowsAndPictures) {
  RunData run = run_with({1});
  const Array rows = Array::of(std::vector<double>{12'345'678, 1, 0, 0.75, 0.25}).reshaped({1, 5});
  const Array images = Array::of(std::vector<std::uint8_t>{1, 2, 3, 4}).reshaped({1, 2, 2, 1});
  run.record.arrays.emplace(store::SeriesKey{"test", "samples_worst"},
                            store::LoggedArray{"test/samples_worst", 3, rows});
  run.record.arrays.emplace(store::SeriesKey{"test", "samples_worst_images"},
                            store::LoggedArray{"test/samples_worst_images", 3, images});

  const Json data = page_data(std::span(&run, 1));

  EXPECT_EQ(data.find_path("runs.0.samples")->items().size(), 1U);
  EXPECT_EQ(to_text(*data.find_path("runs.0.samples.0.rows")), "[[12345678,1,0,0.75,0.25]]");
  EXPECT_EQ(to_text(*data.find_path("runs.0.samples.0.size")), "[2,2,1]");
  EXPECT_EQ(data.find_path("runs.0.samples.0.pixels")->text(), base64("\x01\x02\x03\x04"));
}

TEST(PageData, ClassesAreCalledAsTheCheckpointKnowsThem) {
  const assay::testing::TemporaryFolder folder;
  h5::Writer checkpoint;
  const std::string legend = R"({"task": {"kind": "classification", "classes": ["cat", "<b>dog"]}})";
  checkpoint.array("data/legend",
                   {Dtype::u8, {std::ssize(legend)}, reinterpret_cast<const std::byte*>(legend.data())});
  folder.write("a.1/ckpt/step-0000000001.h5", checkpoint.finish());
  RunData run = run_with({1});
  run.summary.folder = folder.path();
  store::CheckpointRow row;
  row.file = "a.1/ckpt/step-0000000001.h5";
  run.record.checkpoints = {row};
  const Array counts = Array::of(std::vector<std::int64_t>{5, 1, 0, 6}).reshaped({2, 2});
  run.record.arrays.emplace(store::SeriesKey{"valid", "confusion_matrix"},
                            store::LoggedArray{"valid/confusion_matrix", 3, counts});

  EXPECT_EQ(to_text(*page_data(std::span(&run, 1)).find_path("runs.0.classes")), R"(["cat","<b>dog"])");
  folder.write("a.1/ckpt/step-0000000001.h5", "no checkpoint");
  EXPECT_EQ(to_text(*page_data(std::span(&run, 1)).find_path("runs.0.classes")), "[]");
}

}  // namespace
}  // namespace assay::report
