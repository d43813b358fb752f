// What a run's weights are judged to be: as the run recorded it, and on other data.
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/files.h"
#include "tests/datasets/npy_bytes.h"
#include "tests/runner/cli/trained_runs.h"

namespace assay::testing {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::int64_t step_of(const Json& judged) { return judged.find("weights")->find("step")->integer(); }

TEST(Eval, OfTheTestRowsIsWhatTheRunRecorded) {
  const TemporaryFolder folder;
  folder.write("table.csv", iris_table());
  const std::string run = trained(folder, iris_config("metrics: [accuracy, f1, confusion_matrix]\n"));

  const Json found = judged(run);

  EXPECT_EQ(found.find("split")->text(), "test");
  EXPECT_EQ(found.find("rows")->integer(), 21);
  expect_as_recorded(found, run, step_of(found));
  const store::Record record = store::read_record(run);
  const Array& then = record.arrays.at({"test", "confusion_matrix"}).values;
  const Json& now = *found.find("arrays")->find("test/confusion_matrix");
  for (std::int64_t i = 0; i < 9; ++i) {
    const auto row = static_cast<std::size_t>(i / 3), column = static_cast<std::size_t>(i % 3);
    EXPECT_EQ(now.items().at(row).items().at(column).real(), element(then, i));
  }
}

TEST(Eval, OfTheBestWeightsIsWhatTheRunRecordedOfThem) {
  const TemporaryFolder folder;
  folder.write("table.csv", iris_table());
  const std::string run =
      trained(folder, iris_config("checkpoint: {keep_best: valid/loss}\n"), {"optimizer.lr=0.3"});

  const Json test = judged(run), valid = judged(run, {"--split", "valid"});

  EXPECT_TRUE(test.find("weights")->find("is_best")->boolean());
  expect_as_recorded(test, run, step_of(test));
  expect_as_recorded(valid, run, step_of(valid));
}

TEST(Eval, OfACheckpointThatIsKeptIsWhatTheRunRecordedThen) {
  const TemporaryFolder folder;
  folder.write("table.csv", iris_table());
  const std::string run = trained(
      folder, iris_config("evaluate: {every: 7 steps}\ncheckpoint: {every: 14 steps, keep_last: 9}\n"));

  expect_as_recorded(judged(run, {"--split", "valid", "--weights", "14"}), run, 14);
}

TEST(Eval, OfAveragedWeightsIsWhatTheRunRecorded) {
  const TemporaryFolder folder;
  folder.write("table.csv", iris_table());
  const std::string run = trained(folder, iris_config(), {"train.ema={decay: 0.9}"});

  const Json found = judged(run);

  EXPECT_TRUE(found.find("weights")->find("are_averaged")->boolean());
  expect_as_recorded(found, run, step_of(found));
}

TEST(Eval, OfManyPassesIsWhatTheRunRecorded) {
  const TemporaryFolder folder;
  const std::string run = trained(folder, R"(
dataset: {type: diabetes, transforms: [standardize], targets: [standardize]}
model: {type: mlp, hidden: [8], dropout: 0.2}
optimizer: adamw
metrics: [rmse, mc_rmse, {type: mc_log_likelihood, tau: 0.1}]
predict: {passes: 20, dropout: true}
train: {until: 3 epochs}
)");

  const Json found = judged(run);

  EXPECT_EQ(found.find("metrics")->entries().size(), 4U);
  expect_as_recorded(found, run, step_of(found));
}

TEST(Eval, OfALanguageModelIsWhatTheRunRecorded) {
  const TemporaryFolder folder;
  std::string words;
  for (int i = 0; i < 60; ++i) words += "to be or not to be\n";
  folder.write("book.txt", words);
  const std::string run = trained(folder, R"(
dataset: {type: text, file: book.txt, context: 16}
model: {type: gpt, with: {depth: 1, width: 16, heads: 2}}
optimizer: adamw
train: {batch_size: 8, until: 5 steps}
)");

  const Json found = judged(run);
  const Json other = judged(run, {"--data", folder.write("other.txt", words.substr(0, 400))});

  EXPECT_EQ(found.find("split")->text(), "valid");
  expect_as_recorded(found, run, step_of(found));
  EXPECT_EQ(other.find("rows")->integer(), 24);
  const Finished odd = run_assay({"eval", run, "--data", folder.write("odd.txt", words + "?")});
  EXPECT_EQ(odd.exit_code, 4);
  EXPECT_THAT(odd.err, HasSubstr("holds '?', which is not in the vocabulary of 8"));
}

TEST(Eval, IsATableForPeople) {
  const TemporaryFolder folder;
  folder.write("table.csv", iris_table());
  const std::string run = trained(folder, iris_config("metrics: [accuracy, confusion_matrix, samples]\n"));

  const Finished found = run_assay({"eval", run});

  EXPECT_THAT(found.out, AllOf(StartsWith("test  tiny/"), HasSubstr("last, step 56, 21 rows"),
                               HasSubstr("test/accuracy"), HasSubstr("test/confusion_matrix\n"),
                               HasSubstr("setosa  versicolor  virginica")));
  EXPECT_THAT(found.out, ContainsRegex("test/samples_worst\n +row +is +taken for +sure +of its class\n"
                                       " +[0-9]+ +[a-z]+ +[a-z]+ +[01]\\.[0-9]+ +[01]\\.[0-9]+\n"));
  EXPECT_EQ(found.err, "");
}

TEST(Eval, OfOtherDataTakesAllRowsByTheirColumnsNames) {
  const TemporaryFolder folder;
  folder.write("table.csv", iris_table());
  const std::string run = trained(folder, iris_config());
  const std::string other = folder.write("other.csv", with_columns(iris_table(), {4, 2, 0, 3, 1}));

  const Json same = judged(run, {"--data", "file=" + folder / "table.csv"});
  const Json mixed = judged(run, {"--data", other});

  EXPECT_EQ(mixed.find("rows")->integer(), 150);
  EXPECT_GT(metric(mixed, "data/accuracy"), 0.8);
  EXPECT_EQ(metric(mixed, "data/loss"), metric(same, "data/loss"));
}

TEST(Eval, OfOtherDataKnowsTheClassesOfTraining) {
  const TemporaryFolder folder;
  folder.write("table.csv", iris_table());
  const std::string run = trained(folder, iris_config());
  std::string last;  // of one class only, which is number 2
  for (const std::string& line : split(trim(iris_table()), '\n')) {
    if (last.empty() || line.ends_with("virginica")) last += line + '\n';
  }

  const Json found = judged(run, {"--data", folder.write("last.csv", last)});

  EXPECT_EQ(found.find("rows")->integer(), 50);
  EXPECT_GT(metric(found, "data/accuracy"), 0.6);
}

TEST(Eval, OfOtherDataCanBeOfASplit) {
  const TemporaryFolder folder;
  folder.write("table.csv", iris_table());
  const std::string run = trained(folder, iris_config());

  const Json own = judged(run, {"--split", "valid"});
  const Json other = judged(run, {"--data", folder / "table.csv", "--split", "valid"});

  EXPECT_EQ(metric(other, "valid/loss"), metric(own, "valid/loss"));
}

TEST(Eval, OfShippedDataTakesAFileOfTheSameForm) {
  const TemporaryFolder folder;
  const std::string run =
      trained(folder,
              "dataset: {type: iris, transforms: [standardize]}\nmodel: {type: mlp, hidden: [8]}\n"
              "optimizer: adamw\ntrain: {until: 2 epochs}\n");

  const Json found = judged(run, {"--data", source_folder() + "/datasets/data/iris.csv"});

  EXPECT_EQ(found.find("rows")->integer(), 150);
}

void flip_a_bit(const std::string& path, std::streamoff at) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(at);
  const auto byte = static_cast<char>(file.get() ^ 1);
  file.seekp(at);
  file.put(byte);
}

/// A run on flowers and what eval says of it.
class EvalRefuses : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_.write("table.csv", iris_table());
    run_ = trained(folder_, iris_config("checkpoint: {every: 14 steps, keep_last: 2}\n"));
  }
  void expect(std::vector<std::string> more, int exit_code, const std::string& message) {
    more.insert(more.begin(), {"eval", run_});
    const Finished found = run_assay(std::move(more));
    EXPECT_EQ(found.exit_code, exit_code) << found.err;
    EXPECT_THAT(found.err, HasSubstr(message));
    EXPECT_EQ(found.out, "");
  }

  TemporaryFolder folder_;
  std::string run_;
};

TEST_F(EvalRefuses, WeightsThatAreNotKept) {
  expect({"--weights", "7"}, 2, "no checkpoint of step 7");
  expect({"--weights", "7"}, 2, "kept are those of step 42, 56");
  expect({"--weights", "best"}, 2, "has no best checkpoint");
  expect({"--weights", "newest"}, 2, "write best, last or the step of a checkpoint");
}

TEST_F(EvalRefuses, WhatIsNoRun) {
  const Finished found = run_assay({"eval", "nothing", "--runs", folder_ / "runs"});
  EXPECT_EQ(found.exit_code, 2);
}

TEST_F(EvalRefuses, ADamagedCheckpoint) {
  flip_a_bit(run_ + "/a.1/ckpt/step-0000000056.h5", 3000);
  expect({}, 5, "step-0000000056.h5");
  EXPECT_EQ(run_assay({"eval", run_, "--weights", "42"}).exit_code, 0);
}

TEST_F(EvalRefuses, DataThatChangedSince) {
  folder_.write("table.csv", with_columns(iris_table(), {0, 1, 2, 3, 4}) + "5.0,3.0,1.0,0.2,setosa\n");
  expect({}, 4, "is not what the run was begun with");
  std::filesystem::remove(folder_ / "table.csv");
  expect({}, 4, "note: the run was begun with these data; --data judges others");
}

TEST_F(EvalRefuses, ACheckpointThatIsGone) {
  std::filesystem::remove(run_ + "/a.1/ckpt/step-0000000056.h5");
  expect({}, 5, "is missing: the checkpoint of step 56");
}

TEST_F(EvalRefuses, TransformsOfItsOwn) {
  expect({"--data", "transforms=[]"}, 2, "transforms are those of the checkpoint");
}

TEST_F(EvalRefuses, ClassesAndColumnsThatTheModelHasNotSeen) {
  expect({"--data", folder_.write("lily.csv", iris_table() + "5.0,3.0,1.0,0.2,lily\n")}, 4,
         "column 4 ('species') is 'lily', which the model has not seen");
  expect({"--data", folder_.write("few.csv", with_columns(iris_table(), {0, 1, 2, 4}))}, 4,
         "there is no column 'petal_width', which the model takes");
  expect({"--data", folder_.write("bare.csv", with_columns(iris_table(), {0, 1, 2, 3}))}, 4,
         "dataset.target: no column 'species'");
}

TEST(EvalOfArrays, TakesInputsAndTargetFromTwoFiles) {
  const TemporaryFolder folder;
  std::vector<float> x;
  std::vector<std::int64_t> y;
  for (int i = 0; i < 40; ++i) {
    x.push_back(static_cast<float>(i % 2));
    y.push_back(i % 2);
  }
  const std::string inputs = folder.write("x.npy", npy_bytes("<f4", "(40, 1)", Array::of(x)));
  const std::string target = folder.write("y.npy", npy_bytes("<i8", "(40,)", Array::of(y)));
  const std::string run = trained(folder, R"(
dataset: {type: npy, inputs: x.npy, target: y.npy, task: classification, transforms: [standardize]}
model: {type: mlp, hidden: [8]}
optimizer: {type: adamw, lr: 0.03}
train: {batch_size: 4, until: 6 epochs}
)");

  const Json found = judged(run, {"--data", "inputs=" + inputs, "--data", "target=" + target});
  const Finished alone = run_assay({"eval", run, "--data", inputs});

  EXPECT_EQ(metric(found, "data/accuracy"), 1);
  EXPECT_EQ(alone.exit_code, 2);
  EXPECT_EQ(alone.err, inputs +
                           ": error: holds no labels: they lie in a file of their own\n"
                           "  hint: `--data inputs=x.npy --data target=y.npy` names both files\n");
}

TEST(EvalOfARun, WithoutACheckpointSaysSo) {
  const TemporaryFolder folder;
  folder.write("table.csv", iris_table());
  const std::string file = folder.write("tiny.yaml", "assay: 1\n" + iris_config());
  const Finished failed =
      run_assay({"run", file, "optimizer={type: sgd, lr: 1e30}", "--runs", folder / "runs", "--quiet"});
  ASSERT_EQ(failed.exit_code, 1) << failed.err;

  const Finished found = run_assay({"eval", std::string(trim(failed.out))});

  EXPECT_EQ(found.exit_code, 2);
  EXPECT_THAT(found.err, HasSubstr("has no checkpoint: there are no weights"));
}

}  // namespace
}  // namespace assay::testing
