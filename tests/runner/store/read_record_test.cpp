#include "runner/store/read_record.h"

#include <chrono>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/files.h"
#include "core/text.h"
#include "runner/store/run_index.h"
#include "tests/runner/store/killed.h"
#include "tests/support/files.h"

namespace assay::store {
namespace {

using ::testing::ElementsAre;
using testing::example_begin;
using testing::example_state;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::problems_of;
using testing::TemporaryFolder;
using testing::work_and_be_killed;
using testing::write_example;

void log_loss(RecordWriter& record, std::int64_t step) {
  const std::vector<Scalar> row{{"train/loss", 1.0 / static_cast<double>(step)}};
  record.log(step, 0, row);
}

void two_rows(RecordWriter& record) {
  log_loss(record, 1);
  log_loss(record, 2);
}

std::string folder_of(const TemporaryFolder& runs) { return runs / "digits-mlp/3f2a91c0de"; }

/// Its record is in run.h5 alone.
void finish_at_once(const TemporaryFolder& runs) {
  write_example(*RecordWriter::begin(example_begin(runs.path())));
}

/// A second attempt finishes it: the journals stay.
void finish_after_a_kill(const TemporaryFolder& runs) {
  work_and_be_killed(example_begin(runs.path()), two_rows);
  finish_at_once(runs);
}

void flip_a_bit(const std::string& path) {
  std::string bytes = read_file(path);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  publish(path, bytes);
}

TEST(ReadRecord, OfAKilledRunHoldsItsLastRow) {
  const TemporaryFolder runs;
  work_and_be_killed(example_begin(runs.path()), two_rows);  // run.h5 is that of the beginning

  const Record record = read_record(folder_of(runs));

  EXPECT_EQ(record.state, RunState::lost);
  EXPECT_EQ(record.step, 2);
  EXPECT_THAT(record.series.at({"train", "loss"}).value, ElementsAre(1, 0.5));
  EXPECT_EQ(open_record(folder_of(runs)).array("metrics/train/loss/value").count(), 2);
}

TEST(ReadRecord, OfAKilledRunIsWhatListsShow) {
  const TemporaryFolder runs;
  work_and_be_killed(example_begin(runs.path()), two_rows);

  for (const RunSummary& summary : {list_runs(runs.path()).at(0), get_run(folder_of(runs))}) {
    EXPECT_EQ(summary.state, RunState::lost);
    EXPECT_EQ(summary.step, 2);
    EXPECT_EQ(summary.find("train/loss"), 0.5);
    EXPECT_EQ(summary.dataset, "digits");
  }
}

TEST(ReadRecord, OfALongJournalListsShowTheSummaryThatIsSecondsBehind) {
  const TemporaryFolder runs;
  work_and_be_killed(example_begin(runs.path()), [](RecordWriter& record) {
    for (std::int64_t step = 1; step <= 5000; ++step) log_loss(record, step);
  });
  const std::string summary = folder_of(runs) + "/summary.json";
  publish(summary, R"({"id": "3f2a91c0de", "name": "digits-mlp", "status": "running", "step": 4990})");

  EXPECT_EQ(list_runs(runs.path()).at(0).step, 4990);
  EXPECT_EQ(list_runs(runs.path()).at(0).state, RunState::lost);
  EXPECT_EQ(get_run(folder_of(runs)).step, 5000);

  using std::filesystem::last_write_time;
  last_write_time(summary, last_write_time(summary) - std::chrono::minutes(1));
  EXPECT_EQ(list_runs(runs.path()).at(0).step, 5000);
}

/// A run.h5 that nothing vouches for.
std::string of_a_stranger(const TemporaryFolder& runs) {
  finish_at_once(runs);
  remove_file(folder_of(runs) + "/result.json");
  return folder_of(runs) + "/run.h5";
}

TEST(ReadRecord, OfAStrangersRunH5HoldsWhatItSays) {
  const TemporaryFolder runs;
  of_a_stranger(runs);

  EXPECT_THAT(read_record(folder_of(runs)).series.at({"train", "loss"}).step, ElementsAre(1, 2, 3, 4));
  EXPECT_EQ(open_record(folder_of(runs)).array("arrays/valid/confusion_matrix").count(), 6);
}

TEST(ReadRecord, OfAStrangersRunH5ThatHoldsNoRecordSaysSo) {
  const TemporaryFolder runs;
  const std::string path = of_a_stranger(runs);
  const std::string bytes = read_file(path);
  for (const std::string& damaged : {bytes.substr(0, bytes.size() / 2), std::string(4096, 'x')}) {
    publish(path, damaged);

    const auto problems = problems_of([&] { read_record(folder_of(runs)); });

    EXPECT_THAT(problems.front().where.name(), HasSubstr("run.h5"));
  }
}

TEST(ReadRecord, OfARunningRunHoldsItsLastRow) {
  const TemporaryFolder runs;
  const auto record = RecordWriter::begin(example_begin(runs.path()));
  log_loss(*record, 1);

  EXPECT_EQ(read_record(record->folder()).state, RunState::running);
  EXPECT_EQ(get_run(record->folder()).find("train/loss"), 1);
}

TEST(ReadRecord, OfAFinishedRunComesFromRunH5Alone) {
  const TemporaryFolder runs;
  finish_at_once(runs);
  EXPECT_FALSE(exists(folder_of(runs) + "/a.1/journal.000001"));

  const Record record = read_record(folder_of(runs));

  EXPECT_EQ(record.state, RunState::finished);
  EXPECT_EQ(record.begin.resolved, example_begin("").resolved);
  EXPECT_EQ(record.begin.environment.find("cores")->integer(), 2);
  EXPECT_THAT(record.series.at({"train", "loss"}).step, ElementsAre(1, 2, 3, 4));
  ASSERT_EQ(record.checkpoints.size(), 2U);
  EXPECT_TRUE(record.checkpoints[0].is_best);
  EXPECT_TRUE(record.checkpoints[1].is_final);
  EXPECT_EQ(record.events.front().kind, "run_started");
  ASSERT_EQ(record.attempts.size(), 1U);
  EXPECT_EQ(record.attempts[0].state, RunState::finished);
  EXPECT_THAT(record.attempts[0].command, ElementsAre("assay", "run", "digits.yaml"));
}

TEST(ReadRecord, RunH5ThatAnOvertakenAttemptLeftIsMadeAgain) {
  const TemporaryFolder runs;
  finish_after_a_kill(runs);
  const std::string right = read_file(folder_of(runs) + "/run.h5");
  publish(folder_of(runs) + "/run.h5", "what a sleeper had in hand");

  EXPECT_EQ(check_run(folder_of(runs)).at(0).message, "is not the file that the run finished with");

  EXPECT_EQ(open_record(folder_of(runs)).text_attribute("/", "status"), "finished");
  EXPECT_EQ(read_file(folder_of(runs) + "/run.h5"), right);
  EXPECT_THAT(check_run(folder_of(runs)), IsEmpty());
}

TEST(ReadRecord, OfAFinishedRunThatIsDamagedIsRefusedBeforeHdf5SeesIt) {
  const TemporaryFolder runs;
  finish_at_once(runs);
  flip_a_bit(folder_of(runs) + "/run.h5");

  EXPECT_THAT(problems_of([&] { read_record(folder_of(runs)); }).at(0).message,
              HasSubstr("is not the file that the run finished with"));
  EXPECT_THAT(problems_of([&] { open_record(folder_of(runs)); }).at(0).message, HasSubstr("damaged"));
}

TEST(ReadRecord, OfNoRecordSaysSo) {
  const TemporaryFolder runs;
  runs.write("digits/x/claim.1", "{}");

  EXPECT_EQ(problems_of([&] { read_record(runs / "digits/x"); }).at(0).message, "holds no record yet");
}

TEST(CheckRun, FindsNothingWrongWithAGoodRun) {
  const TemporaryFolder runs;
  finish_at_once(runs);

  EXPECT_THAT(check_run(folder_of(runs)), IsEmpty());
}

TEST(CheckRun, NamesEveryCheckpointThatIsMissingOrDamaged) {
  const TemporaryFolder runs;
  finish_at_once(runs);
  flip_a_bit(folder_of(runs) + "/a.1/ckpt/step-0000000002.h5");
  remove_file(folder_of(runs) + "/a.1/ckpt/step-0000000004.h5");

  const auto problems = check_run(folder_of(runs));

  ASSERT_EQ(problems.size(), 2U);
  EXPECT_THAT(to_string(problems[0]), HasSubstr("step-0000000002.h5: error: is damaged"));
  EXPECT_THAT(to_string(problems[1]), HasSubstr("step-0000000004.h5: error: is missing"));
}

TEST(CheckRun, NamesWhatIsDamagedInAJournal) {
  const TemporaryFolder runs;
  work_and_be_killed(example_begin(runs.path()), two_rows);
  const std::string journal = folder_of(runs) + "/a.1/journal.000001";
  std::string bytes = read_file(journal);
  bytes[bytes.size() - 100] ^= 1;  // in the first of two rows
  publish(journal, bytes);

  EXPECT_THAT(check_run(folder_of(runs)).at(0).message, HasSubstr("64 bytes of the journal at "));
  EXPECT_THAT(read_record(folder_of(runs)).series.at({"train", "loss"}).step, ElementsAre(2));
}

TEST(CheckRun, NamesAJournalThatCannotBeUsed) {
  const TemporaryFolder runs;
  work_and_be_killed(example_begin(runs.path()), two_rows);
  const std::string journal = folder_of(runs) + "/a.1/journal.000001";
  std::string bytes = read_file(journal);
  bytes[100] ^= 1;  // in the first text
  publish(journal, bytes);

  EXPECT_THAT(check_run(folder_of(runs)).at(0).message,
              HasSubstr("a.1: the journal does not say how the attempt began"));
  const auto next = RecordWriter::begin(example_begin(runs.path()));
  EXPECT_THAT(next->take_warnings().at(0).message, HasSubstr("what it did is left out"));
}

TEST(CheckRun, NamesADamagedRunH5) {
  const TemporaryFolder runs;
  finish_at_once(runs);
  flip_a_bit(folder_of(runs) + "/run.h5");

  EXPECT_THAT(check_run(folder_of(runs)).front().message, HasSubstr("is not the file"));
}

}  // namespace
}  // namespace assay::store
