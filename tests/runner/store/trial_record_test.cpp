#include "runner/store/trial_record.h"

#include <filesystem>
#include <functional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/error.h"
#include "core/io/files.h"
#include "runner/store/read_record.h"
#include "runner/store/record_file.h"
#include "runner/store/record_writer.h"
#include "tests/runner/store/example_run.h"
#include "tests/support/files.h"

namespace assay::store {
namespace {

using ::testing::ElementsAre;
using testing::example_begin;
using testing::example_state;
using testing::HandClock;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::problems_of;
using ::testing::SizeIs;
using testing::TemporaryFolder;
using testing::write_example;

/// Of a trial in `folder`, whose first attempt is this process's.
BeginRun begin_trial(const TemporaryFolder& files) {
  BeginRun begin = example_begin(files.path());
  begin.folder = files / "t/00/0007";
  begin.attempt = 1;
  make_folders(begin.folder);
  publish_claim(begin.folder, claim_of_this_process(1, 0));
  return begin;
}

TEST(TrialRecord, HoldsWhatTheRecordOfEveryRunHolds) {
  const TemporaryFolder files;
  const HandClock clock;
  BeginRun begin = begin_trial(files);
  const std::string folder = begin.folder;
  TrialRecord trial(std::move(begin), clock);
  write_example(trial);
  const auto run = RecordWriter::begin(example_begin(files.path()), clock);
  write_example(*run);

  EXPECT_TRUE(holds_the_same(read_record(folder), read_record(run->folder())));
  EXPECT_THAT(check_run(folder), IsEmpty());
}

TEST(TrialRecord, OfAFinishedRunLeavesFourFilesAndTheCheckpointsThatAreKept) {
  const TemporaryFolder files;
  BeginRun begin = begin_trial(files);
  const std::string folder = begin.folder;
  TrialRecord trial(std::move(begin));
  write_example(trial);

  EXPECT_THAT(list_folder(folder), ElementsAre("a.1", "claim.1", "released.1", "result.json", "run.h5"));
  EXPECT_THAT(list_folder(folder + "/a.1/ckpt"), ElementsAre("step-0000000002.h5", "step-0000000004.h5"));
}

TEST(TrialRecord, ALongerRunThatIsKilledGoesOnFromItsCheckpoint) {
  const TemporaryFolder files;
  BeginRun begin = begin_trial(files);
  const BeginRun again = begin;
  const pid_t killed = ::fork();
  if (killed == 0) {
    HandClock clock;
    TrialRecord trial(std::move(begin), clock);
    const std::vector<Scalar> row{{"train/loss", 1.0}};
    trial.log(1, 0, row);
    trial.checkpoint({1, 0, false, 0, false}, example_state());
    clock.now_s = 10;
    trial.log(2, 0, row);  // all of it is on disk from here on
    trial.log(3, 0, row);
    ::_exit(0);
  }
  ::waitpid(killed, nullptr, 0);

  BeginRun second = again;
  second.attempt = 2;
  publish_claim(second.folder, claim_of_this_process(2, 0));
  const auto record = RecordWriter::begin(std::move(second));

  const auto point = record->resume_point();
  ASSERT_TRUE(point);
  EXPECT_THAT(point->state, SizeIs(example_state().size()));
  EXPECT_EQ(read_record(again.folder).series.at({"train", "loss"}).step, (std::vector<std::int64_t>{1}));
}

TEST(TrialRecord, AStoppedRunSaysSoAndGoesOn) {
  const TemporaryFolder files;
  BeginRun begin = begin_trial(files);
  const std::string folder = begin.folder;
  TrialRecord trial(std::move(begin));
  trial.checkpoint({2, 1, false, 0, false}, example_state());

  trial.finish({Outcome::Status::stopped, "stopped at step 2", 2, 1, 0.1, {}});

  const RunStatus status = status_of(folder);
  EXPECT_EQ(status.state, RunState::stopped);
  EXPECT_EQ(status.message, "stopped at step 2");
  EXPECT_EQ(read_record(folder).latest("last")->step, 2);
}

TEST(TrialRecord, OneThatWasOvertakenCommitsNothing) {
  const TemporaryFolder files;
  BeginRun begin = begin_trial(files);
  const std::string folder = begin.folder;
  TrialRecord trial(std::move(begin));
  publish_claim(folder, claim_of_this_process(2, 0));

  const auto problems = problems_of([&] { write_example(trial); });

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("another process went on"));
  EXPECT_FALSE(exists(folder + "/result.json"));
}

TEST(TrialRecord, WhatItFinishedIsNotReplacedByWhoeverTookItForDead) {
  const TemporaryFolder files;
  BeginRun begin = begin_trial(files);
  BeginRun second = begin;
  TrialRecord trial(std::move(begin));
  write_example(trial);
  second.attempt = 2;
  publish_claim(second.folder, claim_of_this_process(2, 0));

  const auto problems = problems_of([&] { RecordWriter::begin(second); });

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("finished this run first"));
  EXPECT_THAT(check_run(second.folder), IsEmpty());
}

/// Somebody takes the attempt for lost behind its last look; then it wants to end.
void expect_found_lost(const std::function<void(TrialRecord&)>& end) {
  const TemporaryFolder files;
  BeginRun begin = begin_trial(files);
  const std::string folder = begin.folder;
  TrialRecord trial(std::move(begin));
  end_lost(folder, 1, AsideFile::Durable::later);

  const auto problems = problems_of([&] { end(trial); });

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("took this attempt for lost"));
  EXPECT_EQ(status_of(folder).state, RunState::lost);
}

TEST(TrialRecord, OneThatWasFoundLostBehindItsLastLookDoesNotFinish) {
  expect_found_lost([](TrialRecord& trial) { write_example(trial); });
}

TEST(TrialRecord, OneThatWasFoundLostBehindItsLastLookDoesNotStopEither) {
  expect_found_lost([](TrialRecord& trial) {
    trial.finish({Outcome::Status::stopped, "pruned", 2, 1, 0.1, {}});
  });
}

TEST(TrialRecord, WhatItFinishedHasNoNextAttemptEvenIfItsResultIsNotSeen) {
  const TemporaryFolder files;
  BeginRun begin = begin_trial(files);
  BeginRun second = begin;
  second.attempt = 0;
  TrialRecord trial(std::move(begin));
  write_example(trial);
  remove_file(second.folder + "/result.json");

  EXPECT_EQ(problems_of([&] { RecordWriter::begin(second); }).at(0).message, "this run is finished");

  EXPECT_FALSE(exists(second.folder + "/claim.2"));
  EXPECT_THAT(check_run(second.folder), IsEmpty());
}

TEST(TrialRecord, OneThatIsGivenUpIsReleased) {
  const TemporaryFolder files;
  BeginRun begin = begin_trial(files);
  const std::string folder = begin.folder;

  { const TrialRecord trial(std::move(begin)); }

  EXPECT_EQ(status_of(folder).state, RunState::failed);
}

}  // namespace
}  // namespace assay::store
