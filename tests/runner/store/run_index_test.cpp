#include "runner/store/run_index.h"

#include <chrono>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/files.h"
#include "core/io/json_text.h"
#include "core/text.h"
#include "tests/runner/store/example_run.h"
#include "tests/support/files.h"

namespace assay::store {
namespace {

using ::testing::ElementsAre;
using testing::example_begin;
using testing::HandClock;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::problems_of;
using testing::TemporaryFolder;
using testing::write_example;

/// A finished run that took place `hours` after the others' beginning of time.
void add_run(const TemporaryFolder& runs, const std::string& name, const std::string& id, int hours = 0) {
  RunSummary summary;
  summary.id = id;
  summary.name = name;
  summary.state = RunState::finished;
  summary.start_ns = std::int64_t{hours} * 3600 * 1'000'000'000;
  runs.write(text(name, '/', id, "/summary.json"), to_text(to_json(summary)));
}

std::vector<std::string> ids(const std::vector<RunSummary>& runs) {
  std::vector<std::string> out;
  for (const RunSummary& run : runs) out.push_back(run.id);
  return out;
}

TEST(RunSummary, ComesBackFromItsFile) {
  const TemporaryFolder runs;
  const HandClock clock;
  const auto record = RecordWriter::begin(example_begin(runs.path()), clock);
  write_example(*record);

  const RunSummary summary = get_run(record->folder());

  EXPECT_EQ(summary.folder, record->folder());
  EXPECT_EQ(summary.id, "3f2a91c0de");
  EXPECT_EQ(summary.name, "digits-mlp");
  EXPECT_EQ(summary.state, RunState::finished);
  EXPECT_EQ(summary.attempt, 1);
  EXPECT_EQ(summary.start_ns, clock.start_ns);
  EXPECT_EQ(summary.seconds, 1.5);
  EXPECT_EQ(summary.step, 4);
  EXPECT_EQ(summary.epoch, 2);
  EXPECT_EQ(summary.seed, 7);
  EXPECT_EQ(summary.dataset, "digits");
  EXPECT_EQ(summary.model, "mlp");
  EXPECT_EQ(summary.optimizer, "adamw");
  EXPECT_THAT(summary.tags, ElementsAre("first"));
  EXPECT_EQ(summary.find("valid/accuracy"), 0.8);
  EXPECT_EQ(summary.find("train/none"), std::nullopt);
  EXPECT_EQ(summary.best_metric, "valid/accuracy");
  EXPECT_EQ(summary.best_value, 0.9);
  EXPECT_EQ(summary.best_step, 2);
}

TEST(ListRuns, AreNewestFirst) {
  const TemporaryFolder runs;
  add_run(runs, "a", "1111111111", 1);
  add_run(runs, "b", "2222222222", 3);
  add_run(runs, "a", "3333333333", 2);

  EXPECT_THAT(ids(list_runs(runs.path())), ElementsAre("2222222222", "3333333333", "1111111111"));
}

TEST(ListRuns, OfNoFolderAreNone) { EXPECT_THAT(list_runs("/nowhere/runs"), IsEmpty()); }

TEST(ListRuns, LeavesOutWhatIsNoRun) {
  const TemporaryFolder runs;
  runs.write("notes.txt", "");
  runs.write("figures/old/plot.png", "");

  EXPECT_THAT(list_runs(runs.path()), IsEmpty());
}

TEST(ListRuns, ShowARunWhoseProcessIsGoneAsLost) {
  const TemporaryFolder runs;
  Claim claim = claim_of_this_process(1, 5);
  claim.start_ticks -= 1;
  runs.write("a/1111111111/summary.json", R"({"id": "1111111111", "name": "a", "status": "running"})");
  publish_claim(runs / "a/1111111111", claim);

  const auto found = list_runs(runs.path());

  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].state, RunState::lost);
}

TEST(ListRuns, DeriveWhatASummaryDoesNotTell) {
  const TemporaryFolder runs;
  runs.write("a/1111111111/summary.json", "{\"id\": ");  // damaged
  publish_claim(runs / "a/1111111111", claim_of_this_process(1, 5));

  const auto found = list_runs(runs.path());

  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].id, "1111111111");
  EXPECT_EQ(found[0].name, "a");
  EXPECT_EQ(found[0].state, RunState::running);
  EXPECT_EQ(found[0].start_ns, 5);
}

TEST(ListRuns, OneDamagedRunDoesNotHideTheOthers) {
  const TemporaryFolder runs;
  runs.write("a/1111111111/claim.1", "not JSON");
  add_run(runs, "b", "2222222222");

  EXPECT_EQ(list_runs(runs.path()).size(), 2U);
}

TEST(FindRun, TakesIdPrefixNameAndPath) {
  const TemporaryFolder runs;
  add_run(runs, "digits", "3f2a91c0de");
  add_run(runs, "other", "99ff00aa11");
  runs.write("digits/3f2a91c0de/run.h5", "");

  for (const std::string& wanted :
       {std::string("3f2a91c0de"), std::string("3f2"), std::string("digits"),
        std::string("digits/3f2a91c0de"), runs / "digits/3f2a91c0de", runs / "digits/3f2a91c0de/run.h5"}) {
    EXPECT_EQ(find_run(runs.path(), wanted).id, "3f2a91c0de") << wanted;
  }
}

TEST(FindRun, WholeIdWinsOverLongerOnes) {
  const TemporaryFolder runs;
  add_run(runs, "digits", "3f2a91c0de");
  add_run(runs, "digits", "3f2a91c0de.2");

  EXPECT_EQ(find_run(runs.path(), "3f2a91c0de").id, "3f2a91c0de");
}

TEST(FindRun, AmbiguousTextListsTheCandidates) {
  const TemporaryFolder runs;
  add_run(runs, "digits", "3f2a91c0de", 1);
  add_run(runs, "digits", "3f00000000", 2);

  const auto problems = problems_of([&] { find_run(runs.path(), "3f"); });

  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].message, "'3f' means 2 runs");
  EXPECT_THAT(problems[0].notes, ElementsAre("digits/3f00000000, finished", "digits/3f2a91c0de, finished"));
  EXPECT_EQ(problems_of([&] { find_run(runs.path(), "digits"); }).at(0).message, "'digits' means 2 runs");
}

TEST(FindRun, UnknownTextSuggestsAName) {
  const TemporaryFolder runs;
  add_run(runs, "digits", "3f2a91c0de");

  const auto problems = problems_of([&] { find_run(runs.path(), "digit"); });

  ASSERT_EQ(problems.size(), 1U);
  EXPECT_THAT(problems[0].message, HasSubstr("is called 'digit'"));
  EXPECT_THAT(problems[0].hint, HasSubstr("did you mean 'digits'?"));
}

TEST(FindRun, WithoutAnyRunSaysSo) {
  const TemporaryFolder runs;

  EXPECT_THAT(problems_of([&] { find_run(runs.path(), "x"); }).at(0).hint, HasSubstr("there is no run yet"));
}

/// So many finished runs, whose folders changed long ago; with a config each.
void add_old_runs(const TemporaryFolder& runs, int count) {
  for (int i = 0; i < count; ++i) {
    const std::string folder = text("n/", i);
    runs.write(folder + "/summary.json",
               text(R"({"name": "n", "status": "finished", "start_ns": )", i,
                    R"(, "config": {"optimizer": {"lr": )", i, R"(}}, "last": {"valid/loss": 0.5}})"));
    const auto long_ago = std::filesystem::file_time_type::clock::now() - std::chrono::hours(1);
    std::filesystem::last_write_time(runs / folder, long_ago);
  }
}

TEST(RunIndex, KnowsConfigsByTheirKeys) {
  const TemporaryFolder runs;
  add_old_runs(runs, 3);

  const RunIndex index(runs.path(), RunIndex::With::configs);

  ASSERT_EQ(index.size(), 3U);
  EXPECT_EQ(index.value(0, "optimizer.lr")->integer(), 2);  // the newest
  EXPECT_EQ(index.value(0, "optimizer"), nullptr);
  EXPECT_THAT(index.keys(), ElementsAre("optimizer.lr"));
}

TEST(RunIndex, OfManyRunsIsKeptInAFile) {
  const TemporaryFolder runs;
  add_old_runs(runs, 100);
  const RunIndex first(runs.path(), RunIndex::With::configs);
  ASSERT_TRUE(exists(runs / ".index"));
  runs.write("n/7/summary.json", "{}");  // in place: the folder's time stays

  const RunIndex second(runs.path(), RunIndex::With::configs);

  ASSERT_EQ(second.size(), 100U);
  EXPECT_EQ(second.value(92, "optimizer.lr")->integer(), 7);
  EXPECT_EQ(second.run(92).folder, runs / "n/7");
  EXPECT_EQ(second.run(92).find("valid/loss"), 0.5);
}

TEST(RunIndex, NoticesWhatChangedWhatCameAndWhatWent) {
  const TemporaryFolder runs;
  add_old_runs(runs, 100);
  const RunIndex first(runs.path(), RunIndex::With::configs);
  set_tags(runs / "n/7", {"new"});
  std::filesystem::remove_all(runs / "n/8");
  add_run(runs, "other", "1111111111", 24 * 365 * 40);

  const RunIndex second(runs.path(), RunIndex::With::configs);

  ASSERT_EQ(second.size(), 100U);
  EXPECT_EQ(second.run(0).name, "other");
  EXPECT_THAT(second.run(92).tags, ElementsAre("new"));
}

TEST(RunIndex, ADamagedFileIsMadeAgain) {
  const TemporaryFolder runs;
  add_old_runs(runs, 100);
  const RunIndex first(runs.path(), RunIndex::With::configs);
  const std::string whole = read_file(runs / ".index");

  for (const std::string& damaged :
       {std::string(), std::string("assay.index 1\n"), whole.substr(0, whole.size() / 2),
        whole.substr(0, 40) + 'x' + whole.substr(41), std::string("assay.index 2\n") + whole.substr(14)}) {
    runs.write(".index", damaged);
    const RunIndex again(runs.path(), RunIndex::With::configs);
    ASSERT_EQ(again.size(), 100U);
    EXPECT_EQ(again.value(0, "optimizer.lr")->integer(), 99);
    EXPECT_EQ(read_file(runs / ".index"), whole);
  }
}

TEST(RunIndex, OfAFewRunsLeavesNoFile) {
  const TemporaryFolder runs;
  add_old_runs(runs, 3);

  list_runs(runs.path());

  EXPECT_FALSE(exists(runs / ".index"));
}

TEST(RunIndex, OfAStudyHasItsTrials) {
  const TemporaryFolder runs;
  runs.write("spec.json", "{}");
  runs.write("w/worker.log", "");
  for (const char* trial : {"t/00/0007", "t/01/0100", "refit/0000", "t/00/0008.damaged.1"})
    runs.write(text(trial, "/summary.json"), R"({"name": "sweep", "status": "finished"})");

  EXPECT_THAT(ids(list_runs(runs.path())), ElementsAre("0000", "0007", "0100"));
}

TEST(Tags, ReplaceThoseOfTheConfig) {
  const TemporaryFolder runs;
  const auto record = RecordWriter::begin(example_begin(runs.path()));
  write_example(*record);

  set_tags(record->folder(), {"second", "third"});

  EXPECT_THAT(get_run(record->folder()).tags, ElementsAre("second", "third"));
  EXPECT_THAT(list_runs(runs.path()).at(0).tags, ElementsAre("second", "third"));
}

TEST(Summary, HasTheConfigOfTheRun) {
  const TemporaryFolder runs;
  const auto record = RecordWriter::begin(example_begin(runs.path()));
  write_example(*record);

  const RunIndex index(runs.path(), RunIndex::With::configs);

  ASSERT_EQ(index.size(), 1U);
  ASSERT_NE(index.value(0, "optimizer.lr"), nullptr);
  EXPECT_EQ(index.value(0, "optimizer.lr")->real(), 0.001);
}

}  // namespace
}  // namespace assay::store
