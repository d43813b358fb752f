#include "runner/report/exports.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/files.h"
#include "core/io/json_text.h"
#include "core/text.h"
#include "runner/report/comparison.h"
#include "runner/report/tensorboard.h"
#include "tests/runner/store/example_run.h"
#include "tests/support/files.h"
#include "tests/support/process.h"

namespace assay::report {
namespace {

using ::testing::ElementsAre;
using testing::example_begin;
using testing::Finished;
using testing::HandClock;
using ::testing::HasSubstr;
using testing::run_process;
using ::testing::SizeIs;
using testing::source_folder;
using ::testing::StartsWith;
using testing::TemporaryFolder;

/// A finished run of two epochs of two steps, and its folder.
class Exports : public ::testing::Test {
 protected:
  std::string add_run(const std::string& name, double lr = 0.001) {
    store::BeginRun begin = example_begin(runs_.path(), name);
    Json optimizer = *begin.resolved.find("optimizer");
    optimizer.set("lr", lr);
    begin.resolved.set("optimizer", std::move(optimizer));
    begin.resolved.set("metrics", Json(Json::List{"accuracy"}));
    const auto record = store::RecordWriter::begin(std::move(begin), clock_);
    testing::write_example(*record);
    return record->folder();
  }

  std::vector<std::string> exported(const std::vector<std::string>& folders, const std::string& format) {
    return export_runs(folders, *export_format(format), out());
  }
  std::string out() const { return runs_ / "out"; }

  TemporaryFolder runs_;
  HandClock clock_;
};

TEST_F(Exports, RunDataHasSeriesArraysAndTheFlatConfig) {
  const RunData run = read_run_data(add_run("digits"));

  EXPECT_EQ(run.title(), "digits/3f2a91c0de");
  ASSERT_NE(run.find("valid/accuracy"), nullptr);
  EXPECT_THAT(run.find("valid/accuracy")->value, ElementsAre(0.9, 0.8));
  EXPECT_EQ(run.find("valid/none"), nullptr);
  ASSERT_NE(run.find_array("valid/confusion_matrix"), nullptr);
  EXPECT_EQ(run.last("valid/accuracy"), 0.8);
  const FlatConfig config = run.config();
  EXPECT_NE(std::find(config.begin(), config.end(), std::pair<std::string, Json>("optimizer.lr", 0.001)),
            config.end());
}

TEST_F(Exports, BestOfASeriesIsTheEarliestOfEquals) {
  store::Series series{"x", 0, {1, 2, 3, 4}, {0, 0, 1, 1}, {0, 0, 0, 0}, {0.5, std::nan(""), 0.25, 0.25}};

  EXPECT_EQ(best_of(series, Direction::lower)->step, 3);
  EXPECT_EQ(best_of(series, Direction::higher)->step, 1);
  series.value.assign(4, std::nan(""));
  EXPECT_EQ(best_of(series, Direction::lower), std::nullopt);
}

TEST_F(Exports, CsvHasALineForEachNumber) {
  EXPECT_THAT(exported({add_run("digits"), add_run("other")}, "csv"),
              ElementsAre(out() + "/metrics.csv", out() + "/runs.csv"));

  const std::vector<std::string> lines = split(trim(read_file(out() + "/metrics.csv")), '\n');
  EXPECT_EQ(lines.at(0), "run,name,step,epoch,time,metric,value");
  EXPECT_THAT(lines, SizeIs(1 + 2 * (4 + 4 + 2 + 2)));
  EXPECT_THAT(lines, ::testing::Contains(::testing::AllOf(StartsWith("other/3f2a91c0de,other,4,2,"),
                                                          ::testing::EndsWith("valid/accuracy,0.8"))));
  EXPECT_THAT(split(trim(read_file(out() + "/runs.csv")), '\n'), SizeIs(3));
}

TEST_F(Exports, JsonLinesAreMapsOfWhatWasLoggedTogether) {
  exported({add_run("digits")}, "jsonl");

  const std::vector<std::string> lines = split(trim(read_file(out() + "/metrics.jsonl")), '\n');
  const Json first = parse_json(lines.at(0), "line");
  EXPECT_EQ(first.find("step")->integer(), 1);
  EXPECT_EQ(first.find("train/loss")->real(), 1.0);
  EXPECT_EQ(first.find("train/lr")->real(), 0.001);
  const Json run = parse_json(trim(read_file(out() + "/runs.jsonl")), "line");
  EXPECT_EQ(run.find_path("config.optimizer.lr")->real(), 0.001);
}

TEST_F(Exports, ANameOfAStrangersRecordStaysWithinTheFolder) {
  const std::string folder = add_run("digits");
  Json summary = parse_json(read_file(folder + "/summary.json"), "summary");
  summary.set("name", "../../<script>");
  publish(folder + "/summary.json", to_text(summary));

  const std::vector<std::string> files = exported({folder}, "tensorboard");

  ASSERT_THAT(files, SizeIs(1));
  EXPECT_THAT(files[0], StartsWith(out() + "/_.._.._<script>/3f2a91c0de/events.out.tfevents."));
}

TEST_F(Exports, NothingIsLeftAside) {
  exported({add_run("digits")}, "csv");

  EXPECT_THAT(list_folder(out()), ElementsAre("metrics.csv", "runs.csv"));
}

TEST_F(Exports, ComparisonHasOnlyWhatDiffersAndTheBest) {
  Registry registry;
  const std::vector<RunData> runs{read_run_data(add_run("digits")), read_run_data(add_run("other", 0.1))};

  const Comparison compared = compare(runs, registry);

  ASSERT_THAT(compared.keys, SizeIs(2));
  EXPECT_EQ(compared.keys[0].key, "name");
  EXPECT_EQ(compared.keys[1].key, "optimizer.lr");
  const auto loss = std::find_if(compared.metrics.begin(), compared.metrics.end(),
                                 [](const ComparedMetric& metric) { return metric.name == "train/loss"; });
  ASSERT_NE(loss, compared.metrics.end());
  EXPECT_EQ(loss->direction, Direction::lower);
  EXPECT_EQ(loss->best.at(1)->value, 0.25);
  EXPECT_EQ(loss->best_run, 0U);
}

/// A value that TensorFlow's own writer framed: the version record that every event file begins with.
TEST(Tensorboard, RecordsAreFramedAsTensorFlowDoes) {
  // Event{wall_time: 1.0, file_version: "brain.Event:2"}
  const std::string payload(
      "\x09\x00\x00\x00\x00\x00\x00\xf0\x3f\x1a\x0d"
      "brain.Event:2",
      24);
  const std::string record = tf_record(payload);

  ASSERT_EQ(record.size(), payload.size() + 16);
  EXPECT_EQ(record.substr(0, 8), std::string("\x18\0\0\0\0\0\0\0", 8));
  EXPECT_EQ(record.substr(12, payload.size()), payload);
  // The checksum of this length, as in the first twelve bytes of event files of that version record.
  EXPECT_EQ(record.substr(8, 4), std::string("\xa3\x7f\x4b\x22", 4));
}

TEST(Tensorboard, BeginsWithItsVersion) {
  TensorboardFile file(1.5);

  EXPECT_THAT(file.take(), HasSubstr("brain.Event:2"));
  EXPECT_EQ(file.take(), "");
}

/// Of the system, or the one that ASSAY_PYTHON names; empty if none has the modules.
std::string python_with(const std::string& modules) {
  std::vector<std::string> pythons{"/usr/bin/python3", "/usr/local/bin/python3"};
  if (const char* named = std::getenv("ASSAY_PYTHON")) pythons.insert(pythons.begin(), named);
  for (const std::string& python : pythons) {
    if (exists(python) && run_process({python, "-c", "import " + modules}).exit_code == 0) return python;
  }
  return {};
}

TEST_F(Exports, TensorboardsOwnReaderReadsTheFile) {
  const std::string python = python_with("tensorboard.backend.event_processing.event_accumulator");
  if (python.empty()) GTEST_SKIP() << "no python3 with tensorboard; ASSAY_PYTHON may name one";
  const std::vector<std::string> files = exported({add_run("digits")}, "tensorboard");

  const Finished read = run_process({python, "-c", R"(
import sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
events = EventAccumulator(sys.argv[1], size_guidance={'scalars': 0, 'tensors': 0})
events.Reload()
for tag in sorted(events.Tags()['scalars']):
    print(tag, [(e.step, round(e.value, 6)) for e in events.Scalars(tag)])
print(events.Tensors('config/text_summary' if 'config/text_summary' in events.Tags()['tensors'] else 'config')[0]
      .tensor_proto.string_val[0].decode().splitlines()[0])
)",
                                     files.at(0)});

  EXPECT_EQ(read.exit_code, 0) << read.err;
  EXPECT_EQ(read.out,
            "train/loss [(1, 1.0), (2, 0.5), (3, 0.333333), (4, 0.25)]\n"
            "train/lr [(1, 0.001), (2, 0.001), (3, 0.001), (4, 0.001)]\n"
            "valid/accuracy [(2, 0.9), (4, 0.8)]\n"
            "valid/loss [(2, 0.5), (4, 0.5)]\n"
            "```yaml\n");
}

TEST_F(Exports, PandasReadsTheCsv) {
  const std::string python = python_with("pandas");
  if (python.empty()) GTEST_SKIP() << "no python3 with pandas; ASSAY_PYTHON may name one";
  exported({add_run("digits")}, "csv");

  const Finished read = run_process({python, "-c", R"(
import pandas, sys
metrics = pandas.read_csv(sys.argv[1] + '/metrics.csv')
runs = pandas.read_csv(sys.argv[1] + '/runs.csv')
print(metrics[metrics.metric == 'valid/accuracy'].value.tolist(), runs['config.optimizer.lr'].tolist())
)",
                                     out()});

  EXPECT_EQ(read.out, "[0.9, 0.8] [0.001]\n") << read.err;
}

/// python/ of the source tree, with its own tests, over runs that are written here.
TEST_F(Exports, ThePythonPackageReadsRuns) {
  const std::string python = python_with("h5py");
  if (python.empty()) GTEST_SKIP() << "no python3 with h5py; ASSAY_PYTHON may name one";
  add_run("digits");
  add_run("<script>");

  const Finished tests =
      run_process({python, "-m", "unittest", "discover", "-s", "tests"},
                  {.folder = source_folder() + "/python",
                   .variables = {{"ASSAY_TEST_RUNS", runs_.path()}, {"PYTHONDONTWRITEBYTECODE", "1"}}});

  EXPECT_EQ(tests.exit_code, 0) << tests.err;
  EXPECT_THAT(tests.err, HasSubstr("OK"));
}

}  // namespace
}  // namespace assay::report
