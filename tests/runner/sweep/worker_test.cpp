#include "runner/sweep/worker.h"

#include <csignal>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "core/io/files.h"
#include "core/io/json_text.h"
#include "runner/store/read_record.h"
#include "runner/store/run_folder.h"
#include "runner/sweep/replay.h"
#include "runner/sweep/summary_rows.h"
#include "tests/runner/sweep/sweep_fixture.h"

namespace assay::testing {
namespace {

using sweep::StudyFolder;
using sweep::Worker;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* grid =
    "{objective: {metric: valid/loss}, space: {optimizer.lr: {choice: [1e-4, 1e-3, 1e-2]}, model.dropout: "
    "{choice: [0, 0.2]}}}";
constexpr const char* tpe =
    "{sampler: {type: tpe, startup: 4}, trials: 24, sync: window, window: 4, objective: {metric: "
    "valid/loss}, "
    "retry: {lost: 1000}, space: {optimizer.lr: {loguniform: [1e-5, 1e-1]}, model.dropout: {uniform: [0, "
    "0.5]}}}";

class SweepWorker : public SweepFixture {
 protected:
  /// What a process leaves in a trial's folder that claims it and is gone.
  static void begin_and_die(const std::string& trial) {
    std::filesystem::create_directories(trial);
    store::Claim claim = store::claim_of_this_process(1, 0);
    claim.start_ticks -= 1;
    publish_claim(trial, claim);
  }
};

TEST_F(SweepWorker, DoesEveryTrialOfAGridOnce) {
  const auto study = study_of(grid);
  const StudyFolder folder = new_folder("study");

  EXPECT_EQ(work(*study, folder), Worker::End::all_over);

  const auto all = results(*study, folder);
  ASSERT_THAT(all, SizeIs(6));
  EXPECT_EQ(all.at(3), text("optimizer.lr=1e-3 model.dropout=0.2 finished  ", 0.25 + 0.2 + 0.25));
}

TEST_F(SweepWorker, LeavesFewAndSmallFilesOfAFinishedTrial) {
  const auto study = study_of(grid);
  const StudyFolder folder = new_folder("study");

  work(*study, folder);

  std::vector<std::string> names;
  std::uint64_t bytes = 0;
  for (const std::string& name : list_folder(folder.trial(2))) {
    if (is_folder(join_path(folder.trial(2), name))) continue;  // the weights
    names.push_back(name);
    bytes += file_size(join_path(folder.trial(2), name));
  }
  EXPECT_THAT(names, ::testing::ElementsAre("claim.1", "released.1", "result.json", "run.h5"));
  EXPECT_LT(bytes, 100'000U);
  EXPECT_THAT(list_folder(folder.trial(2) + "/a.1"), ::testing::ElementsAre("ckpt"));
}

TEST_F(SweepWorker, ATrialIsARunWithARecordOfItsOwn) {
  const auto study = study_of(grid);
  const StudyFolder folder = new_folder("study");

  work(*study, folder);

  const store::Record record = store::read_record(folder.trial(5));
  EXPECT_EQ(record.state, store::RunState::finished);
  EXPECT_EQ(record.begin.resolved.find_path("model.dropout")->real(), 0.2);
  EXPECT_EQ(record.series.at({"valid", "loss"}).value.size(), 4U);
  EXPECT_THAT(store::check_run(folder.trial(5)), IsEmpty());
}

TEST_F(SweepWorker, AskedToStopItEndsTheTrialAtACheckpointAndGoesOnThere) {
  const auto study = study_of(grid);
  const StudyFolder folder = new_folder("study");
  std::vector<std::int64_t> epochs;
  runner_.after_epoch = [&](const Experiment&, std::int64_t epoch) {
    epochs.push_back(epoch);
    if (epochs.size() == 2) stop_ = true;
  };
  EXPECT_EQ(work(*study, folder), Worker::End::stopped);
  EXPECT_EQ(store::status_of(folder.trial(0)).state, store::RunState::stopped);

  stop_ = false;
  EXPECT_EQ(work(*study, folder), Worker::End::all_over);

  EXPECT_THAT(epochs, SizeIs(6 * 4));  // none was done twice
  EXPECT_THAT(results(*study, folder), SizeIs(6));
}

TEST_F(SweepWorker, StopsWhereTheFolderAsksForIt) {
  const auto study = study_of(grid);
  const StudyFolder folder = new_folder("study");
  folder.ask_to_stop();
  EXPECT_EQ(work(*study, folder), Worker::End::stopped);
  EXPECT_THAT(results(*study, folder), IsEmpty());

  folder.take_back_stop();

  EXPECT_EQ(work(*study, folder), Worker::End::all_over);
}

TEST_F(SweepWorker, ATrialThatDivergesIsAnOutcomeWithAReason) {
  const auto study = study_of(grid);
  const StudyFolder folder = new_folder("study");
  runner_.failure = [](const Experiment& experiment) {
    return experiment.optimizer.to_json().find("lr")->real() == 1e-2 ? "error: diverged: train/loss is nan"
                                                                     : "";
  };

  EXPECT_EQ(work(*study, folder), Worker::End::all_over);

  const auto all = results(*study, folder);
  EXPECT_THAT(all.at(4), HasSubstr("failed diverged"));
  EXPECT_THAT(all.at(3), HasSubstr("finished"));
}

TEST_F(SweepWorker, AFailedTrialIsTriedAgainAsOftenAsTheConfigSays) {
  const auto study = study_of(
      "{objective: {metric: valid/loss}, retry: {failed: 2}, space: {model.dropout: {choice: [0, 0.2]}}}");
  const StudyFolder folder = new_folder("study");
  int n_failed = 0;
  runner_.failure = [&](const Experiment&) { return n_failed < 2 ? text("failure ", ++n_failed) : ""; };

  work(*study, folder);

  EXPECT_THAT(results(*study, folder).at(0), HasSubstr("finished"));
  EXPECT_EQ(store::status_of(folder.trial(0)).attempt, 3);
}

TEST_F(SweepWorker, ATrialThatUsesUpItsTimeHasFailedAndIsNotTriedAgain) {
  const auto study = study_of(
      "{objective: {metric: valid/loss}, limit: {time: 1e-9 s}, retry: {failed: 3}, space: {model.dropout: "
      "{choice: [0, 0.2]}}}");
  const StudyFolder folder = new_folder("study");

  EXPECT_EQ(work(*study, folder), Worker::End::all_over);

  EXPECT_THAT(results(*study, folder).at(1), HasSubstr("failed time_limit"));
  sweep::Board board(*study, folder);
  board.refresh();
  EXPECT_EQ(board.end(1)->attempt, 1);
  EXPECT_EQ(board.end(1)->step, FakeRunner::steps_per_epoch);  // it looks after every step
  EXPECT_THAT(board.end(1)->message, HasSubstr("was not done after"));
}

TEST_F(SweepWorker, TheTimeOfAnAttemptBeforeCounts) {
  const std::string section =
      "{objective: {metric: valid/loss}, LIMIT, space: {model.dropout: {choice: [0, 0.2]}}}";
  const auto with = [&](const std::string& limit) {
    return study_of(std::string(section).replace(section.find("LIMIT"), 5, "limit: {time: " + limit + "}"));
  };
  const StudyFolder folder = new_folder("study");
  runner_.after_epoch = [&](const Experiment&, std::int64_t) {
    ::usleep(40'000);
    stop_ = true;
  };
  work(*with("1 h"), folder);
  stop_ = false;
  runner_.after_epoch = {};

  work(*with("20e-3 s"), folder);

  EXPECT_THAT(results(*with("1 h"), folder).at(0), HasSubstr("failed time_limit"));
}

TEST_F(SweepWorker, OutOfMemoryIsTriedAgainInSmallerParts) {
  const auto study = study_of(
      "{objective: {metric: valid/loss}, retry: {out_of_memory: 2}, space: {model.dropout: {choice: [0, "
      "0.2]}}}");
  const StudyFolder folder = new_folder("study");
  std::vector<std::pair<std::int64_t, std::int64_t>> parts;
  runner_.failure = [&](const Experiment& experiment) {
    parts.emplace_back(experiment.train.accumulate, experiment.evaluate.batch_size);
    return experiment.train.accumulate < 4 ? "step 1, forward: out of memory" : "";
  };

  EXPECT_EQ(work(*study, folder), Worker::End::all_over);

  EXPECT_THAT(results(*study, folder).at(0), HasSubstr("finished"));
  ASSERT_THAT(parts, SizeIs(2 * 3));
  EXPECT_EQ(parts[1], std::make_pair(std::int64_t{2}, std::int64_t{128}));
  EXPECT_EQ(parts[2], std::make_pair(std::int64_t{4}, std::int64_t{64}));
  const store::Record record = store::read_record(folder.trial(0));
  EXPECT_EQ(record.begin.resolved.find_path("train.accumulate")->integer(), 4);
  EXPECT_EQ(record.begin.resolved.find_path("train.batch_size")->integer(), 32);
}

TEST_F(SweepWorker, WhatStaysOutOfMemoryIsAResult) {
  const auto study = study_of(
      "{objective: {metric: valid/loss}, retry: {out_of_memory: 2}, space: {model.dropout: {choice: [0, "
      "0.2]}}}");
  const StudyFolder folder = new_folder("study");
  runner_.failure = [](const Experiment&) { return "step 1, forward: out of memory"; };

  EXPECT_EQ(work(*study, folder), Worker::End::all_over);

  EXPECT_THAT(results(*study, folder).at(0), HasSubstr("failed out_of_memory"));
  EXPECT_EQ(store::status_of(folder.trial(0)).attempt, 3);
}

TEST_F(SweepWorker, AWorkerThatHangsIsEndedBehindTheLimitOfItsTrial) {
  const StudyFolder folder = new_folder("study");
  std::filesystem::create_directories(folder.trial(3));
  const auto hang_once = [](sweep::WorkerSeat& seat) {
    if (seat.attempt == 1) return 0;
    seat.trial = 3;
    seat.attempt = 1;
    seat.deadline_s = 1e-9;
    for (;;) ::pause();
  };
  sweep::Pool pool(1, hang_once, [&](const sweep::Crash& crash) { sweep::release(folder, crash); });

  while (pool.is_running()) pool.look();

  EXPECT_EQ(pool.exit_code(), 0);
  const std::string released = read_file(folder.trial(3) + "/released.1");
  EXPECT_THAT(released, ::testing::AllOf(HasSubstr("\"failed\""), HasSubstr("time_limit")));
}

TEST_F(SweepWorker, WorkersThatCrashBeforeTheyFindATrialAreNotMadeForEver) {
  int n_crashes = 0;
  const auto crash = [](sweep::WorkerSeat&) -> int {
    ::kill(::getpid(), SIGKILL);
    for (;;) ::pause();
  };
  sweep::Pool pool(1, crash, [&](const sweep::Crash&) { ++n_crashes; });

  while (pool.is_running()) pool.look();

  EXPECT_EQ(n_crashes, 3);
  EXPECT_EQ(pool.exit_code(), exit_code(Kind::internal));
  EXPECT_THAT(pool.gave_up(), HasSubstr("SIGKILL"));
}

TEST_F(SweepWorker, AFullDiskIsNoFaultOfTheTrial) {
  const auto study = study_of(
      "{objective: {metric: valid/loss}, retry: {failed: 0}, space: {model.dropout: {choice: [0, 0.2]}}}");
  const StudyFolder folder = new_folder("study");
  runner_.throws = [](const Experiment&) {
    throw Error(Kind::store, "cannot be written: no space left on device");
  };
  EXPECT_EQ(work_in_processes(*study, folder, 1), 5);
  EXPECT_THAT(results(*study, folder), IsEmpty());

  runner_.throws = {};
  EXPECT_EQ(work(*study, folder), Worker::End::all_over);

  EXPECT_THAT(results(*study, folder).at(0), HasSubstr("finished"));
}

TEST_F(SweepWorker, ATrialThatSleptThroughItsLeaseAndWasNotOvertakenIsTriedAgain) {
  const auto study = study_of(grid);
  const StudyFolder folder = new_folder("study");
  int n_epochs = 0;
  runner_.after_epoch = [&](const Experiment&, std::int64_t) {
    if (++n_epochs == 6) throw Error(Kind::fenced, "no sign of life could be written for 200 s");
  };

  EXPECT_EQ(work(*study, folder), Worker::End::all_over);

  EXPECT_THAT(list_folder(folder.trial(1)), ::testing::Contains("claim.2"));
  const auto all = results(*study, folder);
  EXPECT_THAT(all, SizeIs(6));
  EXPECT_THAT(all, Each(::testing::Pair(::testing::_, HasSubstr("finished"))));
}

TEST_F(SweepWorker, ADiskThatRefusesALaterAttemptIsNoFaultOfTheTrial) {
  const auto study = study_of(
      "{objective: {metric: valid/loss}, retry: {failed: 0}, space: {model.dropout: {choice: [0, 0.2]}}}");
  const StudyFolder folder = new_folder("study");
  runner_.after_epoch = [&](const Experiment&, std::int64_t) { stop_ = true; };
  work(*study, folder);
  stop_ = false;
  runner_.after_epoch = {};
  std::ofstream(folder.trial(0) + "/a.2");  // where the attempt's folder would be

  EXPECT_EQ(work_in_processes(*study, folder, 1), 5);
  EXPECT_FALSE(exists(folder.trial(0) + "/released.2"));
  remove_file(folder.trial(0) + "/a.2");
  EXPECT_EQ(work(*study, folder), Worker::End::all_over);

  EXPECT_THAT(results(*study, folder).at(0), HasSubstr("finished"));
}

/// A worker that has done trials 0 to `last` and was killed before its log had a line.
class KilledSweepWorker : public SweepWorker {
 protected:
  void work_up_to(const sweep::Study& study, const StudyFolder& folder, std::int64_t last) {
    runner_.after_epoch = [this, last, n = std::int64_t{0}](const Experiment&, std::int64_t epoch) mutable {
      stop_ = epoch == FakeRunner::n_epochs && n++ == last;
    };
    EXPECT_EQ(work_in_processes(study, folder, 1), 10);
    std::filesystem::remove_all(folder.workers());
    std::filesystem::create_directories(folder.workers());
    n_epochs_ = 0;
    runner_.after_epoch = [this](const Experiment&, std::int64_t) { ++n_epochs_; };
  }

  std::int64_t n_epochs_ = 0;  // since then
};

TEST_F(KilledSweepWorker, WhatItFinishedIsFoundAndNotDoneAgain) {
  const auto study = study_of(grid);
  const StudyFolder folder = new_folder("study");
  work_up_to(*study, folder, 2);
  remove_file(folder.trial(1) + "/result.json");  // as if it had been killed before it had its name

  EXPECT_EQ(work(*study, folder), Worker::End::all_over);

  EXPECT_THAT(results(*study, folder), SizeIs(6));
  EXPECT_EQ(n_epochs_, 3 * FakeRunner::n_epochs);
  EXPECT_TRUE(exists(folder.trial(1) + "/result.json"));
}

TEST_F(KilledSweepWorker, WhatItFinishedAndCannotBeSeenYetIsNotDoneAgain) {
  const auto study = study_of(grid);
  const StudyFolder folder = new_folder("study");
  work_up_to(*study, folder, 2);
  // As a network file system shows it to who looked before: nothing to open, and the name is taken.
  const std::string trial = folder.trial(1);
  remove_file(trial + "/result.json");
  std::filesystem::rename(trial + "/released.1", trial + "/hidden");
  std::filesystem::create_symlink("seen", trial + "/released.1");
  const std::string record = read_file(trial + "/run.h5");
  runner_.after_epoch = [&](const Experiment&, std::int64_t) {
    if (++n_epochs_ == 10) std::filesystem::rename(trial + "/hidden", trial + "/seen");
  };

  EXPECT_EQ(work(*study, folder), Worker::End::all_over);

  EXPECT_THAT(results(*study, folder), SizeIs(6));
  EXPECT_EQ(n_epochs_, 3 * FakeRunner::n_epochs);
  EXPECT_FALSE(exists(trial + "/claim.2"));
  EXPECT_EQ(read_file(trial + "/run.h5"), record);
  EXPECT_THAT(store::check_run(trial), IsEmpty());
}

TEST_F(SweepWorker, ATrialThatFailedAndCannotBeSeenToYetIsNotTriedAgain) {
  const auto study = study_of(grid);
  const StudyFolder folder = new_folder("study");
  const std::string trial = folder.trial(1);
  begin_and_die(trial);
  std::filesystem::create_symlink("seen", trial + "/released.1");
  runner_.after_epoch = [&, n = 0](const Experiment&, std::int64_t) mutable {
    if (++n == 10) publish(trial + "/seen", R"({"status": "failed", "message": "diverged: loss is nan"})");
  };

  EXPECT_EQ(work(*study, folder), Worker::End::all_over);

  EXPECT_THAT(results(*study, folder).at(1), HasSubstr("failed diverged"));
  EXPECT_FALSE(exists(trial + "/claim.2"));
}

TEST_F(KilledSweepWorker, ARecordThatHasNotItsNameYetGetsIt) {
  const auto study = study_of(grid);
  const StudyFolder folder = new_folder("study");
  work_up_to(*study, folder, 2);
  std::filesystem::rename(folder.trial(1) + "/run.h5", folder.trial(1) + "/a.1/run.h5");

  EXPECT_EQ(work(*study, folder), Worker::End::all_over);

  EXPECT_EQ(n_epochs_, 3 * FakeRunner::n_epochs);
  EXPECT_THAT(store::check_run(folder.trial(1)), IsEmpty());
}

TEST_F(SweepWorker, ATrialThatSleepsThroughItsEndLeavesTheRecordOfWhoWentOn) {
  const auto study = study_of(grid);
  const StudyFolder folder = new_folder("study");
  int n_epochs = 0;
  runner_.after_epoch = [&](const Experiment&, std::int64_t) {
    if (++n_epochs != FakeRunner::n_epochs) return;
    store::end_lost(folder.trial(0), 1, AsideFile::Durable::later);
    EXPECT_EQ(work(*study, folder), Worker::End::all_over);
  };

  EXPECT_EQ(work(*study, folder), Worker::End::all_over);

  EXPECT_EQ(n_epochs, 7 * FakeRunner::n_epochs);
  EXPECT_EQ(store::read_record(folder.trial(0)).attempt, 2);
  EXPECT_THAT(store::check_run(folder.trial(0)), IsEmpty());
}

TEST_F(SweepWorker, AnAttemptThatIsFoundLostBeforeItCommitsIsDoneAgain) {
  const auto study = study_of(grid);
  const StudyFolder folder = new_folder("study");
  int n_epochs = 0;
  runner_.after_epoch = [&](const Experiment&, std::int64_t) {  // the last one: only the result is missing
    if (++n_epochs == FakeRunner::n_epochs)
      store::end_lost(folder.trial(0), 1, AsideFile::Durable::later);  // by one that was killed then
  };

  EXPECT_EQ(work(*study, folder), Worker::End::all_over);

  EXPECT_EQ(n_epochs, 7 * FakeRunner::n_epochs);
  EXPECT_THAT(results(*study, folder), Each(::testing::Pair(::testing::_, HasSubstr("finished"))));
  EXPECT_EQ(parse_json(read_file(folder.trial(0) + "/result.json"), "").find("attempt")->integer(), 2);
  EXPECT_THAT(store::check_run(folder.trial(0)), IsEmpty());
}

TEST_F(SweepWorker, ATrialThatKillsItsWorkerIsGivenUp) {
  const auto study = study_of(
      "{objective: {metric: valid/loss}, retry: {lost: 1}, space: {model.dropout: {choice: [0, 0.2, 0.4]}}}");
  const StudyFolder folder = new_folder("study");
  runner_.after_epoch = [](const Experiment& experiment, std::int64_t) {
    if (experiment.model.to_json().find("dropout")->real() == 0.2) ::raise(SIGSEGV);
  };

  EXPECT_EQ(work_in_processes(*study, folder, 2), 0);

  EXPECT_EQ(n_crashes_, 2);
  const auto all = results(*study, folder);
  EXPECT_THAT(all.at(1), HasSubstr("failed crashed"));
  EXPECT_THAT(all.at(2), HasSubstr("finished"));
}

TEST_F(SweepWorker, OneThatIsGivenUpWaitsForTheWordOfWhoSawItsWorkerDie) {
  const auto study = study_of(
      "{objective: {metric: valid/loss}, retry: {lost: 0}, space: {model.dropout: {choice: [0, 0.2, 0.4, "
      "0.6]}}}");
  const StudyFolder folder = new_folder("study");
  begin_and_die(folder.trial(1));
  runner_.after_epoch = [&, n = 0](const Experiment&, std::int64_t) mutable {
    if (++n == 10) sweep::release(folder, {1, 1, store::RunState::lost, "crashed", "its worker was ended"});
  };

  EXPECT_EQ(work(*study, folder), Worker::End::all_over);

  EXPECT_THAT(results(*study, folder).at(1), HasSubstr("failed crashed"));
}

TEST_F(SweepWorker, AnAttemptThatVanishedBehindACheckpointDoesNotCountAsLost) {
  const auto study = study_of(
      "{objective: {metric: valid/loss}, retry: {lost: 0}, space: {model.dropout: {choice: [0, 0.2]}}}");
  const StudyFolder folder = new_folder("study");
  runner_.after_epoch = [&](const Experiment&, std::int64_t) { stop_ = true; };
  EXPECT_EQ(work_in_processes(*study, folder, 1), 10);
  ASSERT_TRUE(remove_file(folder.trial(0) + "/released.1"));  // as if it had been killed before its last word
  runner_.after_epoch = {};

  EXPECT_EQ(work(*study, folder), Worker::End::all_over);

  EXPECT_THAT(results(*study, folder).at(0), HasSubstr("finished"));
}

TEST_F(SweepWorker, WithWindowsNeitherTheNumberOfWorkersNorTheirSpeedChangesATrial) {
  const auto study = study_of(tpe);
  const StudyFolder alone = new_folder("one");
  work(*study, alone);
  const auto expected = results(*study, alone);
  ASSERT_THAT(expected, SizeIs(24));

  for (const std::size_t n_workers : {2U, 4U}) {
    const StudyFolder folder = new_folder(text("of ", n_workers));
    const auto slow = [] { std::srand(static_cast<unsigned>(::getpid())); };
    runner_.after_epoch = [](const Experiment&, std::int64_t) {
      ::usleep(static_cast<useconds_t>(std::rand() % 2000));
    };
    EXPECT_EQ(work_in_processes(*study, folder, n_workers, slow), 0);
    EXPECT_EQ(results(*study, folder), expected) << n_workers;
  }
}

TEST_F(SweepWorker, ProposalsOfASamplerThatLearnsCanBeMadeAgain) {
  for (const char* sync : {"window", "free"}) {
    const auto study =
        study_of(std::string(tpe).replace(std::string(tpe).find("sync: window"), 12, text("sync: ", sync)));
    const StudyFolder folder = new_folder(sync);
    EXPECT_EQ(work_in_processes(*study, folder, 3), 0);
    sweep::Board board(*study, folder);
    board.refresh();

    const sweep::Replayed replayed = sweep::replay(*study, board);

    EXPECT_EQ(replayed.n_proposals, 24) << sync;
    EXPECT_THAT(replayed.differences, IsEmpty()) << sync;
  }
}

TEST_F(SweepWorker, ATrialThatAPowerCutLeftHalfIsDoneAnew) {
  const auto study = study_of(grid);
  const StudyFolder folder = new_folder("study");
  for (const sweep::Trial trial : {1, 2}) std::filesystem::create_directories(folder.trial(trial));
  std::ofstream(folder.trial(1) + "/claim.1");
  publish_claim(folder.trial(2), store::claim_of_this_process(1, 0));
  std::ofstream(folder.trial(2) + "/result.json");

  EXPECT_EQ(work(*study, folder), Worker::End::all_over);

  EXPECT_THAT(results(*study, folder), SizeIs(6));
  EXPECT_TRUE(exists(folder.trial(1) + ".damaged.1/claim.1"));
  EXPECT_TRUE(exists(folder.trial(2) + ".damaged.1/result.json"));
}

TEST_F(SweepWorker, AnEndThatAPowerCutLeftHalfIsDoneAnew) {
  const auto study = study_of(grid);
  const StudyFolder folder = new_folder("study");
  files_.write("study/t/00/0002/claim.1", "{}");
  files_.write("study/t/00/0002/end.json", "{\"end\": 2, \"how\": \"fa");

  EXPECT_EQ(work(*study, folder), Worker::End::all_over);

  EXPECT_THAT(results(*study, folder).at(2), HasSubstr("finished"));
  EXPECT_TRUE(is_folder(folder.trial(2) + ".damaged.1"));
}

TEST_F(SweepWorker, ATrialThatCannotBeLookedAtIsNotBegunAnew) {
  const auto study = study_of(grid);
  const StudyFolder folder = new_folder("study");
  std::filesystem::create_directories(folder.trial(2) + "/claim.1");  // opens, and cannot be read

  EXPECT_THROW(work(*study, folder), Error);

  EXPECT_FALSE(exists(folder.trial(2) + ".damaged.1"));
}

TEST_F(SweepWorker, RepeatsShareTheirConfigurationsValues) {
  const auto study = study_of(
      "{sampler: {type: tpe, startup: 2}, trials: 4, objective: {metric: valid/loss}, repeat: {seeds: 3}, "
      "space: "
      "{optimizer.lr: {loguniform: [1e-5, 1e-1]}}}");
  const StudyFolder folder = new_folder("study");

  EXPECT_EQ(work_in_processes(*study, folder, 2), 0);

  ASSERT_THAT(results(*study, folder), SizeIs(12));
  sweep::Board board(*study, folder);
  board.refresh();
  for (const sweep::Configuration& one : board.configurations(0)) EXPECT_THAT(one.results, SizeIs(3));
}

TEST_F(SweepWorker, FurtherRepeatsOfWhatCannotWinAreLeftOut) {
  const auto study = study_of(
      "{objective: {metric: valid/loss}, repeat: {seeds: 6, stop: cannot_win}, space: {optimizer.lr: "
      "{choice: "
      "[3e-3, 1e-1]}}}");
  const StudyFolder folder = new_folder("study");
  // Equal differences at every seed are no chance at all.
  EXPECT_EQ(work(*study, folder), Worker::End::all_over);

  const auto all = results(*study, folder);
  EXPECT_THAT(all, SizeIs(12));
  EXPECT_THAT(all.at(7), HasSubstr("finished"));
  EXPECT_THAT(all.at(8), HasSubstr("stopped cannot_win"));
  EXPECT_THAT(all.at(11), HasSubstr("stopped cannot_win"));
  EXPECT_FALSE(exists(folder.trial(8) + "/claim.1"));
}

TEST_F(SweepWorker, TheBestOfEachGroupIsRefitted) {
  const auto study = study_of(
      "{objective: {metric: valid/loss}, per: {train.batch_size: {choice: [16, 32]}}, refit: {seed: 100}, "
      "space: "
      "{optimizer.lr: {choice: [1e-4, 1e-3, 1e-1]}}}");
  const StudyFolder folder = new_folder("study");

  EXPECT_EQ(work(*study, folder), Worker::End::all_over);

  EXPECT_THAT(results(*study, folder), SizeIs(6 + 2));
  const store::Record record = store::read_record(folder.trial(sweep::refit_of(1)));
  EXPECT_EQ(record.begin.resolved.find("seed")->integer(), 100);
  EXPECT_EQ(record.begin.resolved.find_path("train.batch_size")->integer(), 32);
  EXPECT_EQ(record.begin.resolved.find_path("optimizer.lr")->real(), 1e-3);
}

TEST_F(SweepWorker, TheSummaryAveragesTheRefitsOverOneKey) {
  const auto study = study_of(
      "{objective: {metric: valid/loss}, per: {train.batch_size: {choice: [16, 32]}, model.dropout: {choice: "
      "[0, "
      "0.2, 0.4]}}, refit: {seed: 100}, summary: {metrics: [valid/loss], over: model.dropout}, space: "
      "{optimizer.lr: "
      "{choice: [1e-4, 1e-3]}}}");
  const StudyFolder folder = new_folder("study");
  work(*study, folder);
  sweep::Board board(*study, folder);
  board.refresh();

  const auto rows = sweep::summary_rows(*study, board);

  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_EQ(rows[0].label, "train.batch_size=16");
  EXPECT_EQ(rows[0].metrics[0].count, 3U);
  EXPECT_NEAR(rows[0].metrics[0].mean, 0.25 + 0.2 + 0.1 + 0.25, 1e-12);
  EXPECT_NEAR(rows[0].metrics[0].sd, 0.2, 1e-12);
}

TEST_F(SweepWorker, APrunerStopsTrialsThatWillNotWin) {
  const auto study = study_of(
      "{objective: {metric: valid/loss}, pruner: {type: median, startup: 2, warmup: 1}, space: "
      "{optimizer.lr: "
      "{choice: [3e-3, 1e-3, 1e-5, 1e-1]}}}");
  const StudyFolder folder = new_folder("study");

  EXPECT_EQ(work(*study, folder), Worker::End::all_over);

  const auto all = results(*study, folder);
  EXPECT_THAT(all.at(0), HasSubstr("finished"));
  EXPECT_THAT(all.at(2), HasSubstr("stopped pruned"));
  EXPECT_THAT(all.at(3), HasSubstr("stopped pruned"));
}

TEST_F(SweepWorker, PausedTrialsThatTurnOutGoodGoOnFromTheirCheckpoint) {
  const auto study = study_of(
      "{objective: {metric: valid/loss}, pruner: {type: asha, reduction: 2, first: 1}, space: {optimizer.lr: "
      "{choice: [1e-1, 1e-5, 1e-2, 1e-4, 3e-3, 1e-3]}}}");
  const StudyFolder folder = new_folder("study");
  std::map<double, std::vector<std::int64_t>> epochs;
  runner_.after_epoch = [&](const Experiment& experiment, std::int64_t epoch) {
    epochs[experiment.optimizer.to_json().find("lr")->real()].push_back(epoch);
  };

  EXPECT_EQ(work(*study, folder), Worker::End::all_over);

  EXPECT_EQ(epochs[3e-3], (std::vector<std::int64_t>{1, 2, 3, 4}));  // paused or not: no epoch twice
  EXPECT_THAT(epochs[1e-1].size(), ::testing::Lt(4U));
  EXPECT_THAT(results(*study, folder), SizeIs(6));
}

TEST_F(SweepWorker, MoreTrialsLeaveThoseThatAreThere) {
  const std::string section = tpe;
  const auto study = study_of(section);
  const StudyFolder folder = new_folder("study");
  work(*study, folder);
  const auto before = results(*study, folder);

  const auto longer = study_of(std::string(section).replace(section.find("trials: 24"), 10, "trials: 30"));
  EXPECT_EQ(sweep::study_digest(*longer), sweep::study_digest(*study));
  work(*longer, folder);

  const auto after = results(*longer, folder);
  ASSERT_THAT(after, SizeIs(30));
  for (const auto& [trial, result] : before) EXPECT_EQ(after.at(trial), result);
}

TEST_F(SweepWorker, SyncsOnceForManyTrials) {
  const auto study = study_of(
      "{sampler: random, trials: 30, objective: {metric: valid/loss}, space: {optimizer.lr: {loguniform: "
      "[1e-5, "
      "1e-1]}}}");
  const StudyFolder folder = new_folder("study");

  work(*study, folder);

  int n_synced = 0, n_ends = 0;
  for (const sweep::LedgerLine& line : sweep::LedgerReader(folder.workers()).read()) {
    n_synced += std::holds_alternative<sweep::LogSynced>(line);
    n_ends += std::holds_alternative<sweep::TrialEnd>(line);
  }
  EXPECT_EQ(n_ends, 30);
  EXPECT_LE(n_synced, 2 * n_ends);
  EXPECT_GE(n_synced, 1);
}

}  // namespace
}  // namespace assay::testing
