#include "runner/store/run_folder.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "core/text.h"
#include "tests/support/files.h"

namespace assay::store {
namespace {

using ::testing::HasSubstr;
using testing::problems_of;
using testing::TemporaryFolder;

const std::string id = "3f2a91c0de";

Claim dead_claim(int attempt) {
  Claim claim = claim_of_this_process(attempt, 0);
  claim.start_ticks -= 1;
  return claim;
}

TEST(RunStatus, FollowsTheFilesOfTheFolder) {
  const TemporaryFolder folder;
  EXPECT_EQ(status_of(folder / "none").state, RunState::absent);
  EXPECT_EQ(status_of(folder.path()).state, RunState::absent);

  publish_claim(folder.path(), dead_claim(1));
  EXPECT_EQ(status_of(folder.path()).state, RunState::lost);

  folder.write("released.1", R"({"status": "stopped", "message": "SIGINT"})");
  EXPECT_EQ(status_of(folder.path()).state, RunState::stopped);
  EXPECT_EQ(status_of(folder.path()).message, "SIGINT");

  publish_claim(folder.path(), claim_of_this_process(2, 0));
  EXPECT_EQ(status_of(folder.path()).state, RunState::running);
  EXPECT_EQ(status_of(folder.path()).attempt, 2);

  folder.write("released.2", R"({"status": "failed"})");
  EXPECT_EQ(status_of(folder.path()).state, RunState::failed);

  folder.write("result.json", "{}");
  EXPECT_EQ(status_of(folder.path()).state, RunState::finished);
}

TEST(RunStatus, ReleasedByHandIsLost) {
  const TemporaryFolder folder;
  publish_claim(folder.path(), claim_of_this_process(1, 0));
  folder.write("released.1", "");

  EXPECT_EQ(status_of(folder.path()).state, RunState::lost);
}

constexpr auto later = AsideFile::Durable::later;
constexpr const char* result = R"({"status": "finished", "attempt": 1})";

TEST(AttemptEnd, OfOneThatFinishedIsNotTakenFromIt) {
  const TemporaryFolder folder;
  publish_claim(folder.path(), dead_claim(1));
  ASSERT_TRUE(commit_result(folder.path(), 1, result, later));

  EXPECT_EQ(end_lost(folder.path(), 1, later), RunState::finished);

  EXPECT_EQ(read_file(folder / "result.json"), result);
}

TEST(AttemptEnd, OfOneThatWasFoundLostIsNoResult) {
  const TemporaryFolder folder;
  publish_claim(folder.path(), dead_claim(1));
  EXPECT_EQ(end_lost(folder.path(), 1, later), RunState::lost);

  EXPECT_FALSE(commit_result(folder.path(), 1, result, later));

  EXPECT_FALSE(exists(folder / "result.json"));
  EXPECT_EQ(status_of(folder.path()).state, RunState::lost);
}

TEST(AttemptEnd, IsWhatTheAttemptSaidItselfIfItDid) {
  const TemporaryFolder folder;
  folder.write("released.1", R"({"status": "stopped"})");

  EXPECT_EQ(end_lost(folder.path(), 1, later), RunState::stopped);
}

TEST(AttemptEnd, ThatIsThereAndNotSeenYetIsNotReplaced) {
  const TemporaryFolder folder;
  std::filesystem::create_symlink("nowhere", folder / "released.1");  // it cannot be opened, nor linked to

  EXPECT_EQ(end_lost(folder.path(), 1, later), RunState::running);
}

TEST(AttemptEnd, OfOneKilledBeforeItsResultHadItsNameIsFound) {
  const TemporaryFolder folder;
  publish_claim(folder.path(), dead_claim(1));
  commit_result(folder.path(), 1, result, later);
  remove_file(folder / "result.json");

  EXPECT_EQ(status_of(folder.path()).state, RunState::finished);
  EXPECT_EQ(find_result(folder.path()), result);

  EXPECT_EQ(read_file(folder / "result.json"), result);
}

TEST(RunPlace, OfAFirstRunIsItsIdentity) {
  const TemporaryFolder runs;

  const RunPlace place = find_place(runs.path(), "digits", id, false);

  EXPECT_EQ(place.folder, runs / "digits/3f2a91c0de");
  EXPECT_EQ(place.id, id);
  EXPECT_EQ(place.status.state, RunState::absent);
}

TEST(RunPlace, IsTheLatestRunAndWithNewTheNextOne) {
  const TemporaryFolder runs;
  runs.write("digits/3f2a91c0de/claim.1", "{}");
  runs.write("digits/3f2a91c0de.2/claim.1", "{}");
  runs.write("digits/3f2a91c0de.10/claim.1", "{}");
  runs.write("digits/3f2a91c0de.x/claim.1", "{}");

  EXPECT_EQ(find_place(runs.path(), "digits", id, false).id, "3f2a91c0de.10");
  EXPECT_EQ(find_place(runs.path(), "digits", id, true).id, "3f2a91c0de.11");
}

TEST(RunPlace, WithNewButNoRunYetIsTheFirst) {
  const TemporaryFolder runs;

  EXPECT_EQ(find_place(runs.path(), "digits", id, true).id, id);
}

TEST(RunPlace, RefusesNamesThatAreNoFolders) {
  for (const std::string name : {"", "a/b", "..", ".hidden", "tab\t"}) {
    EXPECT_THAT(problems_of([&] { find_place("runs", name, id, false); }).at(0).message,
                HasSubstr("cannot be a folder's name"))
        << name;
  }
}

TEST(RunPlace, ThatIsWorkedOnIsRefusedWithTheProcessAndHowToStopIt) {
  const TemporaryFolder runs;
  runs.write("digits/3f2a91c0de/x", "");
  publish_claim(runs / "digits/3f2a91c0de", claim_of_this_process(1, 0));

  const auto problems = problems_of([&] { refuse_if_running(find_place(runs.path(), "digits", id, false)); });

  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].message, text("this run is running, in process ", getpid(), " of this machine"));
  EXPECT_THAT(problems[0].hint, HasSubstr(text("stop it with `kill ", getpid(), "`")));
}

TEST(RunPlace, OfAnotherMachineIsNotRefusedUnseen) {
  const TemporaryFolder runs;
  runs.write("digits/3f2a91c0de/x", "");
  Claim claim = claim_of_this_process(1, 0);
  claim.host = "node7";
  claim.boot_id = "another";
  publish_claim(runs / "digits/3f2a91c0de", claim);

  const RunPlace place = find_place(runs.path(), "digits", id, false);

  EXPECT_FALSE(place.status.is_visible);
  EXPECT_NO_THROW(refuse_if_running(place));  // it is watched first
}

TEST(RunPlace, ThatNobodyWorksOnIsFree) {
  const TemporaryFolder runs;

  EXPECT_NO_THROW(refuse_if_running(find_place(runs.path(), "digits", id, false)));
}

}  // namespace
}  // namespace assay::store
