// docs/formats/*.py are readers that need nothing of assay: what they print of a run is checked here.

#include <algorithm>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/files.h"
#include "tests/runner/store/example_run.h"
#include "tests/support/files.h"
#include "tests/support/process.h"

namespace assay::store {
namespace {

using testing::example_begin;
using testing::Finished;
using ::testing::HasSubstr;
using testing::run_process;
using testing::source_folder;
using testing::TemporaryFolder;
using testing::write_example;

/// A Python that has h5py; empty if there is none.
std::string python_with_h5py() {
  for (const char* python : {"/usr/bin/python3", "/usr/local/bin/python3"}) {
    if (exists(python) && run_process({python, "-c", "import h5py"}).exit_code == 0) return python;
  }
  return {};
}

class Formats : public ::testing::Test {
 protected:
  void SetUp() override {
    python_ = python_with_h5py();
    if (python_.empty()) GTEST_SKIP() << "no python3 with h5py in /usr/bin or /usr/local/bin";
    const auto record = RecordWriter::begin(example_begin(runs_.path()));
    write_example(*record);
    folder_ = record->folder();
  }

  Finished read_with(const std::string& script, const std::string& file) const {
    return run_process({python_, source_folder() + "/docs/formats/" + script, folder_ + '/' + file});
  }
  Finished run_python(const std::string& code) const {
    return run_process({python_, "-c", code}, {.folder = folder_});
  }

  TemporaryFolder runs_;
  std::string folder_;
  std::string python_;
};

TEST_F(Formats, ReaderOfRunsPrintsConfigMetricsAndTheShapesOfTheFinalWeights) {
  const Finished read = read_with("read_run.py", "run.h5");

  EXPECT_EQ(read.exit_code, 0) << read.err;
  EXPECT_THAT(read.out, HasSubstr("digits-mlp 3f2a91c0de: finished after 4 steps, seed 7\n"));
  EXPECT_THAT(read.out, HasSubstr("  optimizer: {'type': 'adamw', 'lr': 0.001}\n"));
  EXPECT_THAT(read.out, HasSubstr("  train/loss: 4 rows, last 0.25 at step 4\n"));
  EXPECT_THAT(read.out, HasSubstr("  valid/accuracy: 2 rows, last 0.8 at step 4\n"));
  EXPECT_THAT(read.out, HasSubstr("  valid/confusion_matrix (2, 3) int64 of step 4\n"));
  EXPECT_THAT(read.out, HasSubstr("  layers.0.weight (2, 3) float32\n"));
}

TEST_F(Formats, ReaderOfCheckpointsPrintsEveryArrayInOrder) {
  const Finished read = read_with("read_checkpoint.py", "a.1/ckpt/step-0000000004.h5");

  EXPECT_EQ(read.exit_code, 0) << read.err;
  EXPECT_EQ(read.out,
            "checkpoint of run 3f2a91c0de after step 4 (2 epochs)\n"
            "  model/layers.0.weight (2, 3) float32\n"
            "  model/layers.0.bias (2,) float32\n"
            "  optimizer/state/layers.0.weight/exp_avg (6,) float32\n"
            "  optimizer/step () int64\n");
}

TEST_F(Formats, ReaderOfJournalsPrintsRowsAndWhatStandsBetweenThem) {
  const auto record = RecordWriter::begin(example_begin(runs_.path(), "unfinished"));
  const std::vector<Scalar> row{{"train/loss", 0.5}, {"train/lr", 0.001}};
  record->log(1, 0, row);
  record->note("device", "cpu");
  record->array(1, "valid/confusion_matrix", testing::example_array(7));
  record->log(2, 0, row);

  const Finished read = run_process(
      {python_, source_folder() + "/docs/formats/read_journal.py", record->folder() + "/a.1/journal.000001"});

  EXPECT_EQ(read.exit_code, 0) << read.err;
  EXPECT_EQ(read.out,
            "begin of unfinished\n"
            "step 1 train/loss 0.5\n"
            "step 1 train/lr 0.001\n"
            "note {\"key\": \"device\", \"value\": \"cpu\"}\n"
            "step 1 valid/confusion_matrix [[7, 1, 0], [2, 3, 0]]\n"
            "step 2 train/loss 0.5\n"
            "step 2 train/lr 0.001\n");
}

TEST_F(Formats, ReadersAreShort) {
  for (const char* script : {"read_run.py", "read_checkpoint.py", "read_journal.py"}) {
    const std::string code = read_file(source_folder() + "/docs/formats/" + script);
    EXPECT_LE(std::count(code.begin(), code.end(), '\n'), 30) << script;
  }
}

TEST_F(Formats, PlainH5pyReadsWeightsThroughTheLinks) {
  const Finished read = run_python(
      "import h5py; f = h5py.File('run.h5'); "
      "print(f['checkpoints/final/model/layers.0.weight'][0].tolist(), "
      "f['checkpoints/best/model/layers.0.weight'][0].tolist())");

  EXPECT_EQ(read.out, "[2.0, 3.0, 4.0] [1.0, 2.0, 3.0]\n") << read.err;
}

TEST_F(Formats, PlainH5pyReadsBfloat16AsNumbers) {
  const Finished read = run_python(
      "import h5py; d = h5py.File('run.h5')['checkpoints/final/model/layers.0.bias']; "
      "print(d.id.get_type().get_size(), d[:].tolist())");

  EXPECT_EQ(read.out, "2 [1.5, -2.0]\n") << read.err;
}

TEST_F(Formats, LinksHoldAfterTheRunIsMoved) {
  std::filesystem::rename(folder_, runs_ / "elsewhere");
  folder_ = runs_ / "elsewhere";

  const Finished read = read_with("read_run.py", "run.h5");

  EXPECT_THAT(read.out, HasSubstr("layers.0.weight (2, 3)")) << read.err;
}

}  // namespace
}  // namespace assay::store
