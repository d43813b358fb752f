#include "runner/store/record_writer.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/error.h"
#include "core/io/digest.h"
#include "core/io/files.h"
#include "core/io/h5.h"
#include "core/io/json_text.h"
#include "core/text.h"
#include "runner/store/publish_pace.h"
#include "runner/store/run_index.h"
#include "tests/runner/store/example_run.h"
#include "tests/support/file_size_limit.h"
#include "tests/support/files.h"

namespace assay::store {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using testing::example_begin;
using testing::example_outcome;
using testing::example_state;
using testing::HandClock;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::problems_of;
using testing::TemporaryFolder;
using testing::write_example;

std::string example_run(const std::string& runs_dir, const HandClock& clock) {
  const auto record = RecordWriter::begin(example_begin(runs_dir), clock);
  write_example(*record);
  return record->folder();
}

template <class T>
std::vector<T> values(const h5::Reader& file, const std::string& path) {
  const Array array = file.array(path);
  return {array.as<T>(), array.as<T>() + array.count()};
}

std::vector<std::string> files_below(const std::string& folder) {
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) found.push_back(std::filesystem::relative(entry.path(), folder).string());
  }
  std::sort(found.begin(), found.end());
  return found;
}

/// Another process begins the run and is killed; returns when it is gone.
void leave_a_killed_attempt(const std::string& runs_dir) {
  const pid_t pid = fork();
  if (pid == 0) {
    const auto record = RecordWriter::begin(example_begin(runs_dir));
    const std::vector<Scalar> row{{"train/loss", 9}};
    record->log(1, 0, row);
    record->publish();
    raise(SIGKILL);
  }
  waitpid(pid, nullptr, 0);
}

TEST(RecordWriter, LeavesTheDocumentedFiles) {
  const TemporaryFolder runs;

  const std::string folder = example_run(runs.path(), HandClock());

  EXPECT_EQ(folder, runs / "digits-mlp/3f2a91c0de");
  EXPECT_THAT(files_below(folder),
              ElementsAre("a.1/ckpt/step-0000000002.h5", "a.1/ckpt/step-0000000004.h5", "a.1/log.txt",
                          "claim.1", "released.1", "result.json", "run.h5", "summary.json"));
}

TEST(RecordWriter, KeepsEverySeriesWithItsSteps) {
  const TemporaryFolder runs;
  const std::string folder = example_run(runs.path(), HandClock());

  const h5::Reader file = h5::Reader::open(folder + "/run.h5");

  EXPECT_THAT(values<std::int64_t>(file, "metrics/train/loss/step"), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(values<std::int64_t>(file, "metrics/train/loss/epoch"), ElementsAre(0, 0, 1, 1));
  EXPECT_THAT(values<double>(file, "metrics/train/loss/value"), ElementsAre(1, 0.5, 1.0 / 3, 0.25));
  EXPECT_THAT(values<double>(file, "metrics/valid/accuracy/value"), ElementsAre(0.9, 0.8));
  EXPECT_THAT(file.names("metrics"), ElementsAre("train", "valid"));
}

TEST(RecordWriter, KeepsConfigDataAndEnvironment) {
  const TemporaryFolder runs;
  const std::string folder = example_run(runs.path(), HandClock());

  const h5::Reader file = h5::Reader::open(folder + "/run.h5");

  EXPECT_EQ(parse_json(file.text("config/resolved"), "x"), example_begin("").resolved);
  EXPECT_EQ(parse_json(file.text("config/provenance"), "x").find("optimizer.lr")->text(), "digits.yaml:7:20");
  EXPECT_THAT(file.texts("config/source/file"), ElementsAre("digits.yaml"));
  EXPECT_THAT(file.texts("data/sha256"), ElementsAre(std::string(64, 'a')));
  EXPECT_THAT(values<std::int64_t>(file, "data/bytes"), ElementsAre(12345));
  EXPECT_EQ(file.text_attribute("environment", "cpu"), "a processor");
  EXPECT_EQ(file.integer_attribute("environment", "cores"), 2);
  EXPECT_EQ(file.text_attribute("/", "format"), "assay.run");
  EXPECT_EQ(file.text_attribute("/", "status"), "finished");
  EXPECT_EQ(file.text_attribute("/", "id"), "3f2a91c0de");
  EXPECT_EQ(file.integer_attribute("/", "seed"), 7);
  EXPECT_EQ(file.text_attribute("/", "command"), R"(["assay","run","digits.yaml"])");
}

TEST(RecordWriter, KeepsEventsButNotThoseOfEveryStep) {
  const TemporaryFolder runs;
  const auto record = RecordWriter::begin(example_begin(runs.path()));
  record->event(StepDone{1, 0, nullptr});
  record->event(EpochStarted{0});
  record->event(EpochDone{0, 2});
  record->event(RunFailed{2, "diverged:\nloss is nan"});
  record->publish();

  const h5::Reader file = h5::Reader::open(record->folder() + "/run.h5");

  EXPECT_THAT(file.texts("events/kind"), ElementsAre("epoch_done", "run_failed"));
  EXPECT_THAT(file.texts("events/message"), ElementsAre("epoch 0", "diverged:\nloss is nan"));
  EXPECT_THAT(values<std::int64_t>(file, "events/step"), ElementsAre(2, 2));
  EXPECT_THAT(read_file(record->folder() + "/a.1/log.txt"), HasSubstr("step 2 epoch_done epoch 0\n"));
}

TEST(RecordWriter, NotesOfTheEngineBecomeEnvironment) {
  const TemporaryFolder runs;
  const auto record = RecordWriter::begin(example_begin(runs.path()));

  record->note("libtorch", "2.13.0");
  record->note("cores", 4);
  record->note("devices", Json(Json::List{"cpu"}));
  record->publish();

  const h5::Reader file = h5::Reader::open(record->folder() + "/run.h5");
  EXPECT_EQ(file.text_attribute("environment", "libtorch"), "2.13.0");
  EXPECT_EQ(file.integer_attribute("environment", "cores"), 4);
  EXPECT_EQ(file.text_attribute("environment", "devices"), "[\"cpu\"]");
}

TEST(RecordWriter, TwoRunsOfOneConfigHaveTheSameMetricsConfigAndCheckpoints) {
  const TemporaryFolder runs;
  HandClock later;
  later.start_ns += 1'000'000'000'000;
  BeginRun again = example_begin(runs.path());
  again.is_new = true;

  const std::string first = example_run(runs.path(), HandClock());
  const auto record = RecordWriter::begin(std::move(again), later);
  write_example(*record);

  EXPECT_EQ(record->id(), "3f2a91c0de.2");
  const h5::Reader one = h5::Reader::open(first + "/run.h5");
  const h5::Reader two = h5::Reader::open(record->folder() + "/run.h5");
  for (const std::string group : {"metrics", "config"}) {
    ASSERT_EQ(one.datasets(group), two.datasets(group));
    for (const std::string& path : one.datasets(group)) {
      if (group == "config") {
        EXPECT_EQ(one.texts(path), two.texts(path)) << path;
      } else {
        const Array a = one.array(path);
        const Array b = two.array(path);
        EXPECT_EQ(a.shape(), b.shape()) << path;
        EXPECT_EQ(std::memcmp(a.data(), b.data(), a.bytes()), 0) << path;
      }
    }
  }
  for (const std::string file : {"/a.1/ckpt/step-0000000002.h5", "/a.1/ckpt/step-0000000004.h5"}) {
    EXPECT_EQ(sha256_of_file(first + file), sha256_of_file(record->folder() + file)) << file;
  }
}

TEST(RecordWriter, TheSameRunAtTheSameTimeIsTheSameFile) {
  const TemporaryFolder one;
  const TemporaryFolder two;

  const std::string first = example_run(one.path(), HandClock());
  const std::string second = example_run(two.path(), HandClock());

  EXPECT_EQ(sha256_of_file(first + "/run.h5"), sha256_of_file(second + "/run.h5"));
}

TEST(Checkpoint, HoldsOneDatasetForEachDottedName) {
  const TemporaryFolder runs;
  const std::string folder = example_run(runs.path(), HandClock());

  const h5::Reader file = h5::Reader::open(folder + "/a.1/ckpt/step-0000000004.h5");

  EXPECT_THAT(file.names("model"), ElementsAre("layers.0.bias", "layers.0.weight"));
  EXPECT_THAT(file.texts("index"), ElementsAre("model/layers.0.weight", "model/layers.0.bias",
                                               "optimizer/state/layers.0.weight/exp_avg", "optimizer/step"));
  EXPECT_EQ(file.array("model/layers.0.weight").shape(), (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(file.array("model/layers.0.weight").as<float>()[0], 2);  // the state of the last step
  EXPECT_EQ(file.array("model/layers.0.bias").dtype(), Dtype::bf16);
  EXPECT_EQ(file.integer_attribute("/", "step"), 4);
  EXPECT_EQ(file.text_attribute("/", "format"), "assay.checkpoint");
}

TEST(Checkpoint, IsLinkedFromRunH5ByItsRole) {
  const TemporaryFolder runs;
  const std::string folder = example_run(runs.path(), HandClock());

  const h5::Reader file = h5::Reader::open(folder + "/run.h5");

  EXPECT_EQ(file.external_link("checkpoints/final").first, "a.1/ckpt/step-0000000004.h5");
  EXPECT_EQ(file.external_link("checkpoints/best").first, "a.1/ckpt/step-0000000002.h5");
}

TEST(Checkpoint, DigestInRunH5IsThatOfItsFile) {
  const TemporaryFolder runs;
  const std::string folder = example_run(runs.path(), HandClock());

  const h5::Reader file = h5::Reader::open(folder + "/run.h5");

  const auto files = file.texts("checkpoints/table/file");
  const auto digests = file.texts("checkpoints/table/digest");
  ASSERT_EQ(files.size(), 2U);
  for (std::size_t i = 0; i < files.size(); ++i)
    EXPECT_EQ(block_digest(read_file(folder + '/' + files[i])), digests[i]);
  EXPECT_THAT(file.texts("checkpoints/table/kind"), ElementsAre("best", "final"));
}

TEST(Checkpoint, ReplacedOneIsRemovedWhenRunH5NamesTheNewOne) {
  const TemporaryFolder runs;
  const auto record = RecordWriter::begin(example_begin(runs.path()));
  const std::string first = record->folder() + '/' + record->checkpoint({1, 0, false, 0}, example_state(1));
  record->settle();
  EXPECT_TRUE(exists(first));

  const std::string second = record->folder() + '/' + record->checkpoint({2, 0, false, 0}, example_state(2));
  record->settle();
  record->publish();

  EXPECT_FALSE(exists(first));
  EXPECT_TRUE(exists(second));
  const h5::Reader file = h5::Reader::open(record->folder() + "/run.h5");
  EXPECT_THAT(values<std::uint8_t>(file, "checkpoints/table/kept"), ElementsAre(0, 1));
  EXPECT_EQ(file.external_link("checkpoints/last").first, "a.1/ckpt/step-0000000002.h5");
}

TEST(Checkpoint, ThatIsBestAndFinalIsOneFile) {
  const TemporaryFolder runs;
  const auto record = RecordWriter::begin(example_begin(runs.path()));

  const std::string best = record->checkpoint({5, 1, true, 0.9}, example_state());
  const std::string last = record->checkpoint({5, 1, false, 0, true}, example_state());
  record->settle();
  record->publish();

  EXPECT_EQ(best, last);
  const h5::Reader file = h5::Reader::open(record->folder() + "/run.h5");
  EXPECT_THAT(file.texts("checkpoints/table/kind"), ElementsAre("final"));
  EXPECT_THAT(values<std::uint8_t>(file, "checkpoints/table/best"), ElementsAre(1));
  EXPECT_THAT(values<double>(file, "checkpoints/table/metric"), ElementsAre(0.9));
  EXPECT_EQ(file.external_link("checkpoints/best"), file.external_link("checkpoints/final"));
}

TEST(Checkpoint, WithTheBestWeightsStaysWhileOneThatWasTakenSinceIsKept) {
  const TemporaryFolder runs;
  const auto record = RecordWriter::begin(example_begin(runs.path()));
  const std::string best = record->folder() + '/' + record->checkpoint({1, 0, true, 0.9}, example_state(1));
  for (std::int64_t step = 2; step < 5; ++step)
    record->checkpoint({step, 0, false, 0}, example_state(static_cast<float>(step)));
  record->settle();
  record->publish();
  EXPECT_TRUE(exists(best));

  record->checkpoint({6, 1, true, 0.95}, example_state(6));
  record->settle();
  record->publish();

  EXPECT_FALSE(exists(best));
}

TEST(Checkpoint, OfOtherContentAtTheSameStepHasAnotherName) {
  const TemporaryFolder runs;
  const auto record = RecordWriter::begin(example_begin(runs.path()));

  const std::string one = record->checkpoint({5, 1, true, 0.9}, example_state());
  const std::string two = record->checkpoint({5, 1, false, 0}, example_state(1));

  EXPECT_THAT(one, EndsWith("step-0000000005.h5"));
  EXPECT_THAT(two, EndsWith("step-0000000005.2.h5"));
}

TEST(PublishPace, IsEveryFewSecondsAndAfterCommitsForASmallShareOfTheTime) {
  PublishPace pace;
  pace.published(10, 10.01);

  EXPECT_FALSE(pace.is_due(14, /*has_commit=*/false));
  EXPECT_TRUE(pace.is_due(15.02, /*has_commit=*/false));
  EXPECT_FALSE(pace.is_due(10.4, /*has_commit=*/true));
  EXPECT_TRUE(pace.is_due(10.6, /*has_commit=*/true));

  pace.published(20, 21);  // a second's work
  EXPECT_FALSE(pace.is_due(70, /*has_commit=*/true));
  EXPECT_TRUE(pace.is_due(72, /*has_commit=*/false));
}

TEST(RecordWriter, ResultHoldsTheLastValuesAndTheCheckpoints) {
  const TemporaryFolder runs;
  const std::string folder = example_run(runs.path(), HandClock());

  const Json result = parse_json(read_file(folder + "/result.json"), "result.json");

  EXPECT_EQ(result.find("status")->text(), "finished");
  EXPECT_EQ(result.find("metrics")->find("valid/accuracy")->real(), 0.8);
  EXPECT_EQ(result.find("metrics")->find("best/valid/accuracy")->real(), 0.9);
  EXPECT_EQ(result.find_path("checkpoints.best.step")->integer(), 2);
  EXPECT_EQ(result.find_path("checkpoints.final.file")->text(), "a.1/ckpt/step-0000000004.h5");
}

TEST(RecordWriter, NumbersThatAreNoneAreKept) {
  const TemporaryFolder runs;
  const auto record = RecordWriter::begin(example_begin(runs.path()));
  const std::vector<Scalar> row{{"train/loss", std::numeric_limits<double>::quiet_NaN()}};
  record->log(1, 0, row);
  record->publish();

  EXPECT_TRUE(std::isnan(
      values<double>(h5::Reader::open(record->folder() + "/run.h5"), "metrics/train/loss/value")[0]));
  EXPECT_TRUE(std::isnan(get_run(record->folder()).find("train/loss").value()));
}

TEST(RecordWriter, StoppedAndFailedRunsSayWhyAndCanGoOn) {
  for (const auto status : {Outcome::Status::stopped, Outcome::Status::failed}) {
    const TemporaryFolder runs;
    Outcome outcome = example_outcome();
    outcome.status = status;
    outcome.message = "loss is nan at step 4";
    const auto record = RecordWriter::begin(example_begin(runs.path()));

    record->finish(outcome);

    const RunStatus now = status_of(record->folder());
    EXPECT_EQ(now.state, status == Outcome::Status::stopped ? RunState::stopped : RunState::failed);
    EXPECT_EQ(now.message, "loss is nan at step 4");
    EXPECT_FALSE(exists(record->folder() + "/result.json"));
    EXPECT_EQ(h5::Reader::open(record->folder() + "/run.h5").text_attribute("/", "message"),
              "loss is nan at step 4");
    const auto next = RecordWriter::begin(example_begin(runs.path()));
    EXPECT_EQ(next->attempt(), 2);
    EXPECT_EQ(next->previous().state, now.state);
  }
}

TEST(RecordWriter, LeftWithoutAnEndIsAFailedAttempt) {
  const TemporaryFolder runs;
  std::string folder;
  {
    const auto record = RecordWriter::begin(example_begin(runs.path()));
    folder = record->folder();
    EXPECT_EQ(status_of(folder).state, RunState::running);
  }

  EXPECT_EQ(status_of(folder).state, RunState::failed);
}

TEST(RecordWriter, KilledRunIsStartedAnewAndSaysSo) {
  const TemporaryFolder runs;
  leave_a_killed_attempt(runs.path());

  const auto record = RecordWriter::begin(example_begin(runs.path()));

  EXPECT_EQ(record->previous().state, RunState::lost);
  EXPECT_EQ(record->attempt(), 2);
  EXPECT_EQ(record->id(), "3f2a91c0de");
}

TEST(RecordWriter, RowsOfAnAttemptThatWasNotGoneOnFromAreSuperseded) {
  const TemporaryFolder runs;
  leave_a_killed_attempt(runs.path());  // without a checkpoint

  const auto record = RecordWriter::begin(example_begin(runs.path()));

  EXPECT_FALSE(record->resume_point());
  const h5::Reader file = h5::Reader::open(record->folder() + "/run.h5");
  EXPECT_THAT(values<double>(file, "superseded/attempt.1/train/loss/value"), ElementsAre(9));
  EXPECT_THAT(file.names("metrics"), IsEmpty());
  EXPECT_EQ(file.integer_attribute("/", "attempt"), 2);
}

TEST(RecordWriter, RemovesWhatAKilledAttemptWasWritingAside) {
  const TemporaryFolder runs;
  leave_a_killed_attempt(runs.path());
  runs.write("digits-mlp/3f2a91c0de/.run.h5.host.1.0.tmp", "half");
  runs.write("digits-mlp/3f2a91c0de/a.1/ckpt/.step-0000000002.h5.host.1.1.tmp", "half");

  const auto record = RecordWriter::begin(example_begin(runs.path()));

  for (const std::string& file : files_below(record->folder())) EXPECT_THAT(file, Not(EndsWith(".tmp")));
}

TEST(RecordWriter, RunningRunIsRefusedAndUntouched) {
  const TemporaryFolder runs;
  const auto record = RecordWriter::begin(example_begin(runs.path()));
  const auto before = files_below(record->folder());

  const auto problems = problems_of([&] { RecordWriter::begin(example_begin(runs.path())); });

  ASSERT_EQ(problems.size(), 1U);
  EXPECT_THAT(problems[0].message, HasSubstr(text("in process ", getpid(), " of this machine")));
  EXPECT_EQ(files_below(record->folder()), before);
}

TEST(RecordWriter, FinishedRunIsRefusedUnlessANewOneIsAskedFor) {
  const TemporaryFolder runs;
  example_run(runs.path(), HandClock());
  BeginRun again = example_begin(runs.path());
  again.is_new = true;

  EXPECT_EQ(problems_of([&] { RecordWriter::begin(example_begin(runs.path())); }).at(0).message,
            "this run is finished");
  EXPECT_EQ(RecordWriter::begin(std::move(again))->id(), "3f2a91c0de.2");
}

TEST(RecordWriter, OvertakenAttemptStopsItself) {
  const TemporaryFolder runs;
  const auto record = RecordWriter::begin(example_begin(runs.path()));
  const std::string before = sha256_of_file(record->folder() + "/run.h5");
  publish_claim(record->folder(), claim_of_this_process(2, 0));

  try {
    record->publish();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Kind::fenced);
  }
  EXPECT_THROW(record->checkpoint({1, 0, false, 0}, example_state()), Error);
  EXPECT_THROW(record->finish(example_outcome()), Error);
  EXPECT_EQ(sha256_of_file(record->folder() + "/run.h5"), before);
  EXPECT_FALSE(exists(record->folder() + "/result.json"));
}

TEST(RecordWriter, AttemptThatWasFoundLostBehindItsLastLookDoesNotFinish) {
  const TemporaryFolder runs;
  const auto record = RecordWriter::begin(example_begin(runs.path()));
  end_lost(record->folder(), 1, AsideFile::Durable::later);

  try {
    record->finish(example_outcome());
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Kind::fenced);
  }
  EXPECT_FALSE(exists(record->folder() + "/result.json"));
  EXPECT_EQ(status_of(record->folder()).state, RunState::lost);
}

TEST(RecordWriter, EndsALostAttemptBeforeItBeginsTheNext) {
  const TemporaryFolder runs;
  leave_a_killed_attempt(runs.path());

  const auto record = RecordWriter::begin(example_begin(runs.path()));

  EXPECT_FALSE(commit_result(record->folder(), 1, "{}", AsideFile::Durable::later));
}

TEST(RecordWriter, WhereNothingCanBeWrittenSaysSoInOneSentence) {
  const TemporaryFolder folder;
  folder.write("file", "x");

  for (const std::string& runs_dir : {folder / "file", std::string("/proc/assay-runs")}) {
    try {
      RecordWriter::begin(example_begin(runs_dir));
      FAIL();
    } catch (const Error& error) {
      EXPECT_EQ(exit_code(error.kind()), 5);
      ASSERT_EQ(error.problems().size(), 1U);
      EXPECT_THAT(error.what(), HasSubstr("cannot be made: "));
      EXPECT_THAT(error.what(), Not(HasSubstr("hint: \n")));
    }
  }
}

TEST(FullDisk, LeavesTheLastCheckpointAndRecordAsTheyWere) {
  const TemporaryFolder runs;
  const auto record = RecordWriter::begin(example_begin(runs.path()));
  record->checkpoint({1, 0, false, 0}, example_state());
  record->settle();
  record->publish();
  const auto files = files_below(record->folder());
  const std::string before = sha256_of_file(record->folder() + "/run.h5");

  std::vector<Problem> problems;
  {
    const testing::FileSizeLimit limit(1000);
    problems = problems_of([&] {
      record->checkpoint({2, 0, false, 0}, example_state(1));
      record->settle();
    });
  }

  ASSERT_EQ(problems.size(), 1U);
  EXPECT_THAT(problems[0].message, HasSubstr("cannot be written: file too large ("));
  EXPECT_THAT(problems[0].message, HasSubstr(" needed)"));
  EXPECT_EQ(files_below(record->folder()), files);
  EXPECT_EQ(sha256_of_file(record->folder() + "/run.h5"), before);
  const std::vector<Scalar> row{{"train/loss", 1}};
  EXPECT_NO_THROW(record->log(3, 0, row));  // it is said once
}

TEST(FullDisk, RowThatCannotBeWrittenIsSaidAndTheJournalStaysWhole) {
  const TemporaryFolder runs;
  const auto record = RecordWriter::begin(example_begin(runs.path()));
  const std::vector<Scalar> row{{"train/loss", 1}};
  const auto size = file_size(record->folder() + "/a.1/journal.000001");
  record->log(1, 0, row);

  {
    const testing::FileSizeLimit limit(file_size(record->folder() + "/a.1/journal.000001") + 40);
    EXPECT_THAT(problems_of([&] { record->log(2, 0, row); }).at(0).message, HasSubstr("cannot be written"));
  }
  record->log(3, 0, row);
  record->publish();

  const h5::Reader file = h5::Reader::open(record->folder() + "/run.h5");
  EXPECT_THAT(values<std::int64_t>(file, "metrics/train/loss/step"), ElementsAre(1, 3));
  EXPECT_GT(file_size(record->folder() + "/a.1/journal.000001"), size);
}

TEST(FullDisk, AtTheEndLeavesARunThatIsNotFinished) {
  const TemporaryFolder runs;
  std::string folder;
  {
    const auto record = RecordWriter::begin(example_begin(runs.path()));
    folder = record->folder();
    const testing::FileSizeLimit limit(100);
    EXPECT_THROW(record->finish(example_outcome()), Error);
  }

  EXPECT_FALSE(exists(folder + "/result.json"));
  EXPECT_NE(status_of(folder).state, RunState::finished);
  EXPECT_EQ(h5::Reader::open(folder + "/run.h5").text_attribute("/", "status"), "running");
  for (const std::string& file : files_below(folder)) EXPECT_THAT(file, Not(EndsWith(".tmp")));
}

TEST(FullDisk, AtTheBeginningLeavesNoRecord) {
  const TemporaryFolder runs;
  {
    const testing::FileSizeLimit limit(1000);  // room for the claim, not for run.h5
    EXPECT_THROW(RecordWriter::begin(example_begin(runs.path())), Error);
  }

  const std::string folder = runs / "digits-mlp/3f2a91c0de";
  EXPECT_THAT(files_below(folder), Not(Contains("run.h5")));
  EXPECT_EQ(status_of(folder).state, RunState::failed);
}

}  // namespace
}  // namespace assay::store
