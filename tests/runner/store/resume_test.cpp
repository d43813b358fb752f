// Runs that go on: what a killed attempt left, and what the next one makes of it.

#include <algorithm>
#include <cstring>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "core/io/files.h"
#include "core/text.h"
#include "runner/store/journal_reader.h"
#include "runner/store/read_record.h"
#include "runner/store/record_file.h"
#include "runner/store/record_writer.h"
#include "runner/store/replay.h"
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

std::string folder_of(const TemporaryFolder& runs) { return runs / "digits-mlp/3f2a91c0de"; }

void log_loss(RecordWriter& record, std::int64_t step, double value) {
  const std::vector<Scalar> row{{"train/loss", value}};
  record.log(step, 0, row);
}

/// Rows 1 to 3 with a checkpoint behind 2: its state is that of shift 2.
void three_steps(RecordWriter& record) {
  log_loss(record, 1, 1);
  log_loss(record, 2, 0.5);
  record.checkpoint({2, 0, false, 0}, example_state(2));
  record.settle();
  log_loss(record, 3, 0.9);
}

float first_weight(const State& state) {
  return StateReader(state).array("model/layers.0.weight").as<float>()[0];
}

const Series& loss_of(const Record& record) { return record.series.at({"train", "loss"}); }

void flip_a_bit(const std::string& path) {
  std::string bytes = read_file(path);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  publish(path, bytes);
}

TEST(Resume, GoesOnFromTheLastCheckpointOfAKilledRun) {
  const TemporaryFolder runs;
  work_and_be_killed(example_begin(runs.path()), three_steps);

  const auto record = RecordWriter::begin(example_begin(runs.path()));
  const auto point = record->resume_point();

  EXPECT_EQ(record->previous().state, RunState::lost);
  EXPECT_THAT(record->take_warnings(), IsEmpty());
  ASSERT_TRUE(point);
  EXPECT_EQ(first_weight(point->state), 3);
  EXPECT_THAT(point->best, IsEmpty());
  ASSERT_EQ(point->latest.size(), 1U);
  EXPECT_EQ(point->latest[0].name, "train/loss");
  EXPECT_EQ(point->latest[0].value, 0.5);
  EXPECT_GT(point->seconds, 0);
  EXPECT_FALSE(record->resume_point());  // taken
}

TEST(Resume, RowsAfterTheCheckpointAreSupersededNotErased) {
  const TemporaryFolder runs;
  work_and_be_killed(example_begin(runs.path()), three_steps);

  const auto writer = RecordWriter::begin(example_begin(runs.path()));
  log_loss(*writer, 3, 0.25);
  log_loss(*writer, 4, 0.2);

  const Record record = read_record(writer->folder());
  EXPECT_THAT(loss_of(record).step, ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(loss_of(record).value, ElementsAre(1, 0.5, 0.25, 0.2));
  EXPECT_THAT(record.superseded.at(1).at({"train", "loss"}).value, ElementsAre(0.9));
  ASSERT_EQ(record.attempts.size(), 2U);
  EXPECT_EQ(record.attempts[0].state, RunState::lost);
  EXPECT_EQ(record.attempts[1].origin.attempt, 1);
  EXPECT_EQ(record.attempts[1].origin.step, 2);
  EXPECT_EQ(record.step, 4);
}

/// Rows 1 to 3, back to 1, and 2 once more; a checkpoint behind each 2.
void rolled_back(RecordWriter& record) {
  three_steps(record);
  record.event(RolledBack{1, "diverged: train/loss is nan at step 4; its batch is passed over from here on"});
  log_loss(record, 2, 0.4);
  record.checkpoint({2, 0, false, 0}, example_state(7));
  record.settle();
}

TEST(RolledBackRun, HasItsRowsBehindTheRestorePointSuperseded) {
  const TemporaryFolder runs;
  const auto writer = RecordWriter::begin(example_begin(runs.path()));
  rolled_back(*writer);

  const Record record = read_record(writer->folder());

  EXPECT_THAT(loss_of(record).step, ElementsAre(1, 2));
  EXPECT_THAT(loss_of(record).value, ElementsAre(1, 0.4));
  EXPECT_THAT(record.superseded.at(1).at({"train", "loss"}).value, ElementsAre(0.5, 0.9));
  ASSERT_EQ(record.checkpoints.size(), 2U);
  EXPECT_TRUE(record.checkpoints[0].is_superseded);
  EXPECT_FALSE(record.checkpoints[1].is_superseded);
  EXPECT_EQ(record.step, 2);
}

TEST(RolledBackRun, HasItsArraysBehindTheRestorePointSuperseded) {
  const TemporaryFolder runs;
  const auto writer = RecordWriter::begin(example_begin(runs.path()));
  writer->array(1, "valid/before", testing::example_array(1));
  writer->array(4, "valid/behind", testing::example_array(4));
  writer->event(RolledBack{1, "diverged"});

  const Record record = read_record(writer->folder());

  ASSERT_EQ(record.arrays.size(), 1U);
  EXPECT_EQ(record.arrays.begin()->second.name, "valid/before");
  EXPECT_EQ(record.superseded_arrays.at(1).at({"valid", "behind"}).step, 4);
}

TEST(RolledBackRun, GoesOnFromWhatItDidAgain) {
  const TemporaryFolder runs;
  work_and_be_killed(example_begin(runs.path()), rolled_back);

  const auto writer = RecordWriter::begin(example_begin(runs.path()));
  const auto point = writer->resume_point();

  ASSERT_TRUE(point);
  EXPECT_EQ(first_weight(point->state), 8);
  EXPECT_EQ(point->latest[0].value, 0.4);
}

TEST(Resume, ArraysAreTheLatestOfTheirNameThatCounts) {
  const TemporaryFolder runs;
  work_and_be_killed(example_begin(runs.path()), [](RecordWriter& record) {
    record.array(1, "valid/matrix", testing::example_array(1));
    record.array(2, "valid/matrix", testing::example_array(2));
    record.checkpoint({2, 0, false, 0}, example_state(2));
    record.settle();
    record.array(3, "valid/matrix", testing::example_array(3));
  });
  const auto first_of = [](const store::LoggedArray& array) { return array.values.as<std::int64_t>()[0]; };
  const SeriesKey key{"valid", "matrix"};

  const auto writer = RecordWriter::begin(example_begin(runs.path()));
  const Record before = read_record(writer->folder());
  writer->array(3, "valid/matrix", testing::example_array(33));
  const Record after = read_record(writer->folder());

  EXPECT_EQ(before.arrays.at(key).step, 2);
  EXPECT_EQ(first_of(before.arrays.at(key)), 2);
  EXPECT_EQ(first_of(after.arrays.at(key)), 33);
  EXPECT_EQ(first_of(after.superseded_arrays.at(1).at(key)), 3);
}

TEST(Resume, GoesOnThroughAChainOfKills) {
  const TemporaryFolder runs;
  work_and_be_killed(example_begin(runs.path()), three_steps);
  work_and_be_killed(example_begin(runs.path()), [](RecordWriter& record) {
    log_loss(record, 3, 0.3);
    record.checkpoint({3, 0, false, 0}, example_state(3));
    record.settle();
    log_loss(record, 4, 0.8);
  });
  work_and_be_killed(example_begin(runs.path()), [](RecordWriter& record) { log_loss(record, 4, 0.7); });

  const auto writer = RecordWriter::begin(example_begin(runs.path()));
  log_loss(*writer, 4, 0.4);

  EXPECT_EQ(first_weight(writer->resume_point()->state), 4);
  const Record record = read_record(writer->folder());
  EXPECT_THAT(loss_of(record).value, ElementsAre(1, 0.5, 0.3, 0.4));
  EXPECT_THAT(record.superseded.at(1).at({"train", "loss"}).value, ElementsAre(0.9));
  EXPECT_THAT(record.superseded.at(2).at({"train", "loss"}).value, ElementsAre(0.8));
  EXPECT_THAT(record.superseded.at(3).at({"train", "loss"}).value, ElementsAre(0.7));
}

TEST(Resume, WithoutACheckpointStartsAtTheFirstStep) {
  const TemporaryFolder runs;
  work_and_be_killed(example_begin(runs.path()), [](RecordWriter& record) { log_loss(record, 1, 9); });

  const auto writer = RecordWriter::begin(example_begin(runs.path()));

  EXPECT_FALSE(writer->resume_point());
  EXPECT_THAT(writer->take_warnings(), IsEmpty());
  EXPECT_THAT(read_record(writer->folder()).series, IsEmpty());
}

TEST(Resume, DamagedCheckpointIsNamedAndTheOneBeforeTaken) {
  const TemporaryFolder runs;
  BeginRun begin = example_begin(runs.path());
  begin.retention.keep_last = 2;
  work_and_be_killed(begin, [](RecordWriter& record) {
    three_steps(record);
    record.checkpoint({3, 0, false, 0}, example_state(3));
    record.settle();
  });
  flip_a_bit(folder_of(runs) + "/a.1/ckpt/step-0000000003.h5");

  const auto writer = RecordWriter::begin(begin);

  EXPECT_EQ(first_weight(writer->resume_point()->state), 3);  // that of step 2
  const auto warnings = writer->take_warnings();
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_THAT(to_string(warnings[0]), HasSubstr("step-0000000003.h5"));
  EXPECT_THAT(to_string(warnings[0]), HasSubstr("the checkpoint of step 3 cannot be gone on from"));
  EXPECT_THAT(loss_of(read_record(writer->folder())).step, ElementsAre(1, 2));
}

TEST(Resume, WhenNoCheckpointCanBeReadStartsAnewAndSaysSo) {
  const TemporaryFolder runs;
  work_and_be_killed(example_begin(runs.path()), three_steps);
  flip_a_bit(folder_of(runs) + "/a.1/ckpt/step-0000000002.h5");

  const auto writer = RecordWriter::begin(example_begin(runs.path()));

  EXPECT_FALSE(writer->resume_point());
  const auto warnings = writer->take_warnings();
  ASSERT_EQ(warnings.size(), 2U);
  EXPECT_THAT(warnings[1].message, HasSubstr("the run starts at its first step"));
  EXPECT_THAT(read_record(writer->folder()).superseded.at(1).at({"train", "loss"}).step,
              ElementsAre(1, 2, 3));
}

TEST(Resume, BringsTheBestWeightsOfThen) {
  const TemporaryFolder runs;
  work_and_be_killed(example_begin(runs.path()), [](RecordWriter& record) {
    record.checkpoint({1, 0, true, 0.9}, example_state(1));
    record.checkpoint({2, 0, false, 0}, example_state(2));
    record.checkpoint({3, 0, false, 0}, example_state(3));
    record.settle();
  });

  const auto writer = RecordWriter::begin(example_begin(runs.path()));
  auto point = writer->resume_point();

  EXPECT_EQ(first_weight(point->state), 4);
  EXPECT_EQ(first_weight(point->best), 2);
  writer->checkpoint({4, 0, false, 0}, example_state(4));
  writer->settle();
  writer->publish();
  EXPECT_TRUE(exists(writer->folder() + "/a.1/ckpt/step-0000000001.h5"));  // still the best
  EXPECT_FALSE(exists(writer->folder() + "/a.1/ckpt/step-0000000003.h5"));
}

TEST(Resume, RemovesWhatWasNotCommitted) {
  const TemporaryFolder runs;
  work_and_be_killed(example_begin(runs.path()), three_steps);
  runs.write("digits-mlp/3f2a91c0de/a.1/ckpt/step-0000000003.h5", "never committed");
  runs.write("digits-mlp/3f2a91c0de/a.1/.journal.000002.host.1.1.tmp", "half");

  const auto writer = RecordWriter::begin(example_begin(runs.path()));

  EXPECT_THAT(list_folder(folder_of(runs) + "/a.1/ckpt"), ElementsAre("step-0000000002.h5"));
  EXPECT_FALSE(exists(folder_of(runs) + "/a.1/.journal.000002.host.1.1.tmp"));
}

TEST(Resume, RemovesNothingThatADamagedJournalMayHaveCommitted) {
  const TemporaryFolder runs;
  work_and_be_killed(example_begin(runs.path()), three_steps);
  const std::string journal = folder_of(runs) + "/a.1/journal.000001";
  std::string bytes = read_file(journal);
  const std::size_t commit = bytes.find("\"digest\"");
  bytes[commit] = 'x';
  publish(journal, bytes);

  const auto writer = RecordWriter::begin(example_begin(runs.path()));

  EXPECT_FALSE(writer->resume_point());
  EXPECT_TRUE(exists(folder_of(runs) + "/a.1/ckpt/step-0000000002.h5"));
  EXPECT_THAT(writer->take_warnings().at(0).message, HasSubstr("of the journal at"));
}

TEST(Resume, SecondsAddUpOverAttempts) {
  const TemporaryFolder runs;
  testing::HandClock clock;
  {
    const auto record = RecordWriter::begin(example_begin(runs.path()), clock);
    clock.now_s = 10;
    record->checkpoint({1, 0, false, 0}, example_state());
    record->settle();
  }
  const auto record = RecordWriter::begin(example_begin(runs.path()), clock);
  clock.now_s = 14;
  record->checkpoint({2, 0, false, 0}, example_state(1));
  record->settle();
  EXPECT_EQ(record->resume_point()->seconds, 10);

  const Record read = read_record(record->folder());

  EXPECT_EQ(read.checkpoints.back().seconds, 14);
  EXPECT_EQ(read.seconds, 14);
}

/// The whole point of going on.
TEST(Resume, RecordIsThatOfAnUninterruptedRun) {
  const TemporaryFolder runs;
  const TemporaryFolder others;
  work_and_be_killed(example_begin(runs.path()), three_steps);
  {
    const auto record = RecordWriter::begin(example_begin(runs.path()));
    log_loss(*record, 3, 0.25);
    record->checkpoint({3, 0, false, 0, true}, example_state(3));
    record->finish(testing::example_outcome());
  }
  {
    const auto record = RecordWriter::begin(example_begin(others.path()));
    log_loss(*record, 1, 1);
    log_loss(*record, 2, 0.5);
    log_loss(*record, 3, 0.25);
    record->checkpoint({3, 0, false, 0, true}, example_state(3));
    record->finish(testing::example_outcome());
  }

  const h5::Reader one = open_record(folder_of(runs));
  const h5::Reader two = open_record(folder_of(others));

  ASSERT_EQ(one.datasets("metrics"), two.datasets("metrics"));
  for (const std::string& path : one.datasets("metrics")) {
    const Array a = one.array(path);
    const Array b = two.array(path);
    ASSERT_EQ(a.shape(), b.shape()) << path;
    EXPECT_EQ(std::memcmp(a.data(), b.data(), a.bytes()), 0) << path;
  }
  for (const std::string& path : one.datasets("config")) EXPECT_EQ(one.texts(path), two.texts(path)) << path;
  EXPECT_EQ(read_file(folder_of(runs) + "/a.2/ckpt/step-0000000003.h5"),
            read_file(folder_of(others) + "/a.1/ckpt/step-0000000003.h5"));
}

TEST(Resume, RunH5IsAFunctionOfTheJournals) {
  const TemporaryFolder runs;
  work_and_be_killed(example_begin(runs.path()), three_steps);
  const auto writer = RecordWriter::begin(example_begin(runs.path()));
  writer->note("libtorch", "2.13.0");
  log_loss(*writer, 3, 0.25);
  writer->event(EpochDone{0, 3});
  writer->checkpoint({3, 0, true, 0.9}, example_state(3));
  writer->settle();
  writer->publish();

  EXPECT_EQ(read_file(writer->folder() + "/run.h5"),
            run_file(replay(find_journals(writer->folder(), writer->attempt()))));
}

// ---- Runs of other machines.

Claim claim_of_another_machine() {
  Claim claim = claim_of_this_process(1, 0);
  claim.host = "node7";
  claim.boot_id = "another";
  return claim;
}

BeginRun impatient_begin(const TemporaryFolder& runs) {
  BeginRun begin = example_begin(runs.path());
  begin.times.lease.silent_after = std::chrono::milliseconds(400);
  return begin;
}

TEST(Takeover, OfASilentMachineHappensAfterAWatch) {
  const TemporaryFolder runs;
  make_folders(folder_of(runs) + "/a.1");
  publish_claim(folder_of(runs), claim_of_another_machine());
  BeginRun begin = impatient_begin(runs);
  int n_told = 0;
  begin.waiting = [&](const Claim& claim, double) {
    EXPECT_EQ(claim.host, "node7");
    ++n_told;
  };

  const auto record = RecordWriter::begin(begin);

  EXPECT_EQ(record->attempt(), 2);
  EXPECT_GT(n_told, 0);
}

TEST(Takeover, OfALivingMachineIsRefused) {
  const TemporaryFolder runs;
  make_folders(folder_of(runs) + "/a.1");
  publish_claim(folder_of(runs), claim_of_another_machine());
  BeginRun begin = impatient_begin(runs);
  begin.waiting = [&](const Claim&, double) { runs.write("digits-mlp/3f2a91c0de/a.1/hb", "1\n"); };

  const auto problems = problems_of([&] { RecordWriter::begin(begin); });

  ASSERT_EQ(problems.size(), 1U);
  EXPECT_THAT(problems[0].message, HasSubstr("is running, on node7"));
  EXPECT_EQ(latest_attempt(folder_of(runs)), 1);
}

TEST(Takeover, OvertakenRunStopsAtItsNextCall) {
  const TemporaryFolder runs;
  BeginRun begin = example_begin(runs.path());
  begin.times.lease.beat = std::chrono::milliseconds(1);
  const auto record = RecordWriter::begin(begin);
  publish_claim(record->folder(), claim_of_this_process(2, 0));

  // The heartbeat's thread finds out; rows may still be written until then.
  Kind kind = Kind::internal;
  for (std::int64_t step = 1; kind != Kind::fenced; ++step) {
    try {
      log_loss(*record, step, 1);
    } catch (const Error& error) {
      kind = error.kind();
    }
  }

  EXPECT_THROW(log_loss(*record, 1, 1), Error);  // and again
  EXPECT_THROW(record->settle(), Error);
}

}  // namespace
}  // namespace assay::store
