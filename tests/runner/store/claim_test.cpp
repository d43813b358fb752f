#include "runner/store/claim.h"

#include <thread>

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/error.h"
#include "tests/support/files.h"

namespace assay::store {
namespace {

using testing::problems_of;
using testing::TemporaryFolder;

/// The claim of a process that has ended; `is_reaped` false leaves it a zombie.
Claim claim_of_a_dead_process(bool is_reaped) {
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  const pid_t pid = fork();
  if (pid == 0) {
    const Claim claim = claim_of_this_process(1, 0);
    [[maybe_unused]] const ssize_t n = write(ends[1], &claim.start_ticks, sizeof claim.start_ticks);
    _exit(0);
  }
  Claim claim = claim_of_this_process(1, 0);
  claim.pid = pid;
  EXPECT_EQ(read(ends[0], &claim.start_ticks, sizeof claim.start_ticks),
            static_cast<ssize_t>(sizeof claim.start_ticks));
  siginfo_t info;
  waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | (is_reaped ? 0 : WNOWAIT));
  close(ends[0]);
  close(ends[1]);
  return claim;
}

TEST(Claim, ComesBackFromTheFolder) {
  const TemporaryFolder folder;
  const Claim claim = claim_of_this_process(1, 42);

  ASSERT_TRUE(publish_claim(folder.path(), claim));
  const auto found = find_claim(folder.path(), 1);

  ASSERT_TRUE(found);
  EXPECT_EQ(found->host, claim.host);
  EXPECT_EQ(found->boot_id, claim.boot_id);
  EXPECT_EQ(found->pid, getpid());
  EXPECT_EQ(found->start_ticks, claim.start_ticks);
  EXPECT_EQ(found->wall_ns, 42);
}

TEST(Claim, IsTakenOnce) {
  const TemporaryFolder folder;

  EXPECT_TRUE(publish_claim(folder.path(), claim_of_this_process(1, 0)));
  EXPECT_FALSE(publish_claim(folder.path(), claim_of_this_process(1, 0)));
  EXPECT_TRUE(publish_claim(folder.path(), claim_of_this_process(2, 0)));

  EXPECT_EQ(latest_attempt(folder.path()), 2);
}

TEST(Claim, LatestAttemptIgnoresOtherFiles) {
  const TemporaryFolder folder;
  folder.write("claim.x", "");
  folder.write("claim.3", "{}");
  folder.write("result.json", "");

  EXPECT_EQ(latest_attempt(folder.path()), 3);
  EXPECT_EQ(latest_attempt(folder / "none"), 0);
}

TEST(Claim, DamagedOneIsAnError) {
  const TemporaryFolder folder;
  folder.write("claim.1", "{\"pid\": ");

  EXPECT_EQ(problems_of([&] { find_claim(folder.path(), 1); }).at(0).message, "the JSON text ends too early");
}

TEST(Liveness, OfThisProcessIsAlive) { EXPECT_EQ(liveness_of(claim_of_this_process(1, 0)), Liveness::alive); }

TEST(Liveness, OfAnEndedProcessIsDead) {
  EXPECT_EQ(liveness_of(claim_of_a_dead_process(true)), Liveness::dead);
}

TEST(Liveness, OfAZombieIsDead) {
  const Claim claim = claim_of_a_dead_process(false);

  EXPECT_EQ(liveness_of(claim), Liveness::dead);

  waitpid(static_cast<pid_t>(claim.pid), nullptr, 0);
}

/// Its file in /proc can be opened, and a moment later no longer be read.
TEST(Liveness, OfAProcessThatIsReapedMeanwhileIsDead) {
  constexpr int n_processes = 300;
  for (int i = 0; i < n_processes; ++i) {
    Claim claim = claim_of_this_process(1, 0);
    claim.pid = fork();
    if (claim.pid == 0) {
      for (;;) pause();
    }
    std::thread end([pid = static_cast<pid_t>(claim.pid)] {
      kill(pid, SIGKILL);
      waitpid(pid, nullptr, 0);
    });

    for (int look = 0; look < 50; ++look) EXPECT_NO_THROW(liveness_of(claim));

    end.join();
    EXPECT_EQ(liveness_of(claim), Liveness::dead);
  }
}

TEST(Liveness, OfAnotherProcessWithTheSameNumberIsDead) {
  Claim claim = claim_of_this_process(1, 0);
  claim.start_ticks -= 1;

  EXPECT_EQ(liveness_of(claim), Liveness::dead);
}

TEST(Liveness, BeforeARestartOfThisMachineIsDead) {
  Claim claim = claim_of_this_process(1, 0);
  claim.boot_id = "another boot";

  EXPECT_EQ(liveness_of(claim), Liveness::dead);
}

TEST(Liveness, OnAnotherMachineOrInAnotherContainerCannotBeSeen) {
  Claim elsewhere = claim_of_this_process(1, 0);
  elsewhere.boot_id = "another boot";
  elsewhere.host = "another host";
  Claim container = claim_of_this_process(1, 0);
  container.pid_namespace = "pid:[1]";

  EXPECT_EQ(liveness_of(elsewhere), Liveness::unseen);
  EXPECT_EQ(liveness_of(container), Liveness::unseen);
}

}  // namespace
}  // namespace assay::store
