#include "runner/store/remove_run.h"

#include <chrono>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/files.h"
#include "runner/store/read_record.h"
#include "runner/store/run_index.h"
#include "tests/runner/store/example_run.h"
#include "tests/support/files.h"

namespace assay::store {
namespace {

using ::testing::ElementsAre;
using testing::example_begin;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::problems_of;
using ::testing::SizeIs;
using testing::TemporaryFolder;
using testing::write_example;

std::string finished_run(const TemporaryFolder& runs) {
  const auto record = RecordWriter::begin(example_begin(runs.path()));
  write_example(*record);
  return record->folder();
}

std::vector<std::string> names_of(const std::vector<Waste>& waste) {
  std::vector<std::string> names;
  for (const Waste& one : waste) names.push_back(base_name(one.path));
  return names;
}

std::vector<Waste> waste_of(const TemporaryFolder& runs) {
  return find_waste(list_runs(runs.path()), runs.path());
}

void make_old(const std::string& path) {
  std::filesystem::last_write_time(path,
                                   std::filesystem::file_time_type::clock::now() - std::chrono::hours(2));
}

TEST(RemoveRun, LeavesNothing) {
  const TemporaryFolder runs;
  const std::string folder = finished_run(runs);

  remove_run(folder);

  EXPECT_THAT(list_folder(runs.path()), IsEmpty());
}

TEST(RemoveRun, LeavesOthersOfTheName) {
  const TemporaryFolder runs;
  const std::string folder = finished_run(runs);
  runs.write("digits-mlp/other/summary.json", R"({"status": "finished"})");

  remove_run(folder);

  EXPECT_THAT(list_folder(runs / "digits-mlp"), ElementsAre("other"));
}

TEST(RemoveRun, RefusesOneThatIsRunning) {
  const TemporaryFolder runs;
  const auto record = RecordWriter::begin(example_begin(runs.path()));

  const auto problems = problems_of([&] { remove_run(record->folder()); });

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0].message, HasSubstr("is running, in process"));
  EXPECT_TRUE(exists(record->folder() + "/claim.1"));
}

TEST(RemoveRun, RefusesATrialOfAStudy) {
  const TemporaryFolder runs;
  runs.write("sweep/1/spec.json", "{}");
  runs.write("sweep/1/t/00/0007/summary.json", R"({"status": "finished"})");

  EXPECT_THAT(problems_of([&] { remove_run(runs / "sweep/1/t/00/0007"); }).at(0).message,
              HasSubstr("is a trial of a study"));
}

TEST(RemoveRun, WhatIsLeftIsFoundLater) {
  const TemporaryFolder runs;
  runs.write("digits/.removing-3f2a-1/run.h5", "12345");

  EXPECT_THAT(list_runs(runs.path()), IsEmpty());
  const std::vector<Waste> waste = waste_of(runs);
  ASSERT_THAT(names_of(waste), ElementsAre(".removing-3f2a-1"));
  EXPECT_EQ(waste[0].bytes, 5U);
  remove_waste(waste[0]);
  EXPECT_THAT(waste_of(runs), IsEmpty());
}

TEST(FindWaste, OfAFinishedRunIsNothing) {
  const TemporaryFolder runs;
  finished_run(runs);

  EXPECT_THAT(waste_of(runs), IsEmpty());
}

TEST(FindWaste, IsOldLeftoversAndCheckpointsThatNoRecordKeeps) {
  const TemporaryFolder runs;
  const std::string folder = finished_run(runs);
  for (const char* name : {"/.run.h5.host.1.1.tmp", "/a.1/ckpt/.step.host.1.2.tmp"}) {
    std::filesystem::copy_file(folder + "/run.h5", folder + name);
    make_old(folder + name);
  }
  std::filesystem::copy_file(folder + "/run.h5", folder + "/.young.host.1.3.tmp");
  std::filesystem::copy_file(folder + "/run.h5", folder + "/a.1/ckpt/step-0000000003.h5");

  EXPECT_THAT(names_of(waste_of(runs)),
              ElementsAre(".run.h5.host.1.1.tmp", ".step.host.1.2.tmp", "step-0000000003.h5"));
}

TEST(FindWaste, TouchesNoRunningRun) {
  const TemporaryFolder runs;
  const auto record = RecordWriter::begin(example_begin(runs.path()));
  std::filesystem::copy_file(record->folder() + "/claim.1", record->folder() + "/.x.tmp");
  make_old(record->folder() + "/.x.tmp");

  EXPECT_THAT(waste_of(runs), IsEmpty());
}

TEST(FindWaste, LeavesTheJournalsToAnAttemptThatWasFoundLostAndLives) {
  const TemporaryFolder runs;
  const auto sleeper = RecordWriter::begin(example_begin(runs.path()));
  end_lost(sleeper->folder(), 1, AsideFile::Durable::later);
  write_example(*RecordWriter::begin(example_begin(runs.path())));

  EXPECT_THAT(waste_of(runs), IsEmpty());
}

TEST(FindWaste, HasJournalsOnceEveryAttemptIsOver) {
  const TemporaryFolder runs;
  std::string folder;
  {
    const auto first = RecordWriter::begin(example_begin(runs.path()));
    folder = first->folder();
    Outcome outcome;
    outcome.status = Outcome::Status::stopped;
    first->finish(outcome);
  }
  {
    const auto second = RecordWriter::begin(example_begin(runs.path()));
    write_example(*second);
  }
  ASSERT_TRUE(exists(folder + "/a.2/journal.000001"));

  const std::vector<Waste> waste = waste_of(runs);

  ASSERT_FALSE(waste.empty());
  for (const Waste& one : waste) remove_waste(one);
  EXPECT_FALSE(exists(folder + "/a.2/journal.000001"));
  EXPECT_THAT(check_run(folder), IsEmpty());
  EXPECT_EQ(read_record(folder).step, 4);
}

}  // namespace
}  // namespace assay::store
