// Runs of several processes: as one types them, as torchrun starts them, and with one of them killed.
#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/sockets.h"
#include "core/text.h"
#include "tests/runner/cli/support.h"

namespace assay::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

/// The ranks that a process has started, rank 0 first.
std::vector<pid_t> children_of(pid_t parent) {
  std::ifstream file(text("/proc/", parent, "/task/", parent, "/children"));
  std::vector<pid_t> out;
  for (pid_t child = 0; file >> child;) out.push_back(child);
  return out;
}

/// Addresses, in hexadecimal digits as /proc/net has them, at which a process listens.
std::set<std::string> listening_addresses(pid_t process) {
  std::set<std::string> own;
  for (const auto& entry : std::filesystem::directory_iterator(text("/proc/", process, "/fd"))) {
    std::error_code gone;
    const std::string target = std::filesystem::read_symlink(entry.path(), gone).string();
    if (target.starts_with("socket:[")) own.insert(target.substr(8, target.size() - 9));
  }
  std::set<std::string> out;
  for (const char* table : {"tcp", "tcp6"}) {
    std::ifstream file(text("/proc/", process, "/net/", table));
    for (std::string line; std::getline(file, line);) {
      std::istringstream words(line);
      std::vector<std::string> columns(std::istream_iterator<std::string>(words), {});
      const bool is_listening = columns.size() > 9 && columns[3] == "0A" && own.contains(columns[9]);
      if (is_listening) out.insert(columns[1].substr(0, columns[1].find(':')));
    }
  }
  return out;
}

/// So many epochs of 20 steps; two processes take some milliseconds for each step.
std::vector<std::string> together(const std::string& runs, const std::string& epochs,
                                  std::vector<std::string> more = {}) {
  std::vector<std::string> words{"run",
                                 "configs/digits.yaml",
                                 "train.until=" + epochs + " epochs",
                                 "checkpoint.every=30 steps",
                                 "--nproc",
                                 "2",
                                 "--runs",
                                 runs};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

std::string folder_of(const Finished& run) { return run.out.substr(0, run.out.find('\n')); }

TEST(Nproc, TwoProcessesTellTheResultOfOne) {
  const TemporaryFolder folder;
  const Finished both = run_assay(short_run(folder / "two", {"--nproc", "2"}));
  const Finished one = run_assay(short_run(folder / "one"));

  ASSERT_EQ(both.exit_code, 0) << both.err;
  const auto result = [](const Finished& run) { return run.out.substr(0, run.out.find("  time")); };
  EXPECT_EQ(result(both), result(one));
  EXPECT_THAT(both.err, HasSubstr("processes  2, each with its part of a batch"));
}

TEST(Nproc, VerifyWantsAFurtherRunOfAsMany) {
  const TemporaryFolder folder;
  auto words = short_run(folder / "runs", {"--nproc", "2", "--quiet"});
  const std::string first = folder_of(run_assay(words));
  words.push_back("--new");
  const std::string second = folder_of(run_assay(words));

  const Finished alone = run_assay({"verify", first});
  const Finished both = run_assay({"verify", first, "--against", second});

  EXPECT_EQ(alone.exit_code, 2);
  EXPECT_THAT(alone.err, HasSubstr("was trained by 2 processes, and verify trains with one"));
  EXPECT_EQ(both.exit_code, 0) << both.out;
}

TEST(Nproc, AFinishedRunIsSaidToBeDone) {
  const TemporaryFolder folder;
  const auto words = short_run(folder / "runs", {"--nproc", "2"});
  ASSERT_EQ(run_assay(words).exit_code, 0);

  const Finished again = run_assay(words);

  EXPECT_EQ(again.exit_code, 0);
  EXPECT_THAT(again.err, HasSubstr("already done"));
}

TEST(Nproc, PrintsOneLineWhereItIsQuiet) {
  const TemporaryFolder folder;
  const Finished run = run_assay(short_run(folder / "runs", {"--nproc", "2", "--quiet"}));

  EXPECT_EQ(run.err, "");
  EXPECT_TRUE(std::filesystem::exists(folder_of(run) + "/run.h5")) << run.out;
}

TEST(Nproc, ListensOnTheLoopbackOnly) {
  const TemporaryFolder folder;
  Process ranks(assay_words(together(folder / "together", "100000")), {.folder = source_folder()});
  ASSERT_TRUE(ranks.wait_for("1/100000"));

  const std::vector<pid_t> children = children_of(ranks.pid());

  ASSERT_THAT(children, SizeIs(2));
  EXPECT_THAT(listening_addresses(ranks.pid()), IsEmpty());
  for (const pid_t child : children) EXPECT_THAT(listening_addresses(child), ElementsAre("0100007F"));
}

TEST(Nproc, AKilledRankEndsTheRunWhichGoesOnToTheSameResult) {
  const TemporaryFolder folder;
  const Finished whole = run_assay(together(folder / "whole", "10", {"--quiet"}));
  ASSERT_EQ(whole.exit_code, 0) << whole.err;
  const auto words = together(folder / "runs", "10");
  {
    Process killed(assay_words(words), {.folder = source_folder()});
    ASSERT_TRUE(killed.wait_for("3/10"));
    ::kill(children_of(killed.pid()).at(1), SIGKILL);
    const Finished end = killed.wait();
    EXPECT_EQ(end.exit_code, 1);
    EXPECT_THAT(end.err, HasSubstr("error: the run failed: rank 1 was killed by signal 9 (Killed)"));
  }

  const Finished rest = run_assay(together(folder / "runs", "10", {"--quiet"}));

  EXPECT_EQ(rest.exit_code, 0) << rest.err;
  const Finished same = run_assay({"diff", "--exact", folder_of(whole), folder_of(rest)});
  EXPECT_EQ(same.exit_code, 0) << same.out << same.err;
}

TEST(Nproc, ARunWhoseFirstRankIsKilledSaysSo) {
  const TemporaryFolder folder;
  Process run(assay_words(together(folder / "runs", "100000")), {.folder = source_folder()});
  ASSERT_TRUE(run.wait_for("1/100000"));
  ::kill(children_of(run.pid()).at(0), SIGKILL);

  const Finished end = run.wait();

  EXPECT_EQ(end.exit_code, 1);
  EXPECT_THAT(end.err, HasSubstr("error: the run failed: rank 0 was killed by signal 9 (Killed)"));
  EXPECT_THAT(end.err, HasSubstr("--nproc 2"));
}

TEST(Nproc, AllStopAtOneStepAndGoOn) {
  const TemporaryFolder folder;
  const Finished whole = run_assay(together(folder / "whole", "10", {"--quiet"}));
  {
    Process run(assay_words(together(folder / "runs", "10")), {.folder = source_folder()});
    ASSERT_TRUE(run.wait_for("2/10"));
    run.send(SIGTERM);
    const Finished end = run.wait();
    EXPECT_EQ(end.exit_code, 10);
    EXPECT_THAT(end.err, HasSubstr("stopped at step"));
  }

  const Finished rest = run_assay(together(folder / "runs", "10", {"--quiet"}));

  EXPECT_EQ(rest.exit_code, 0) << rest.err;
  const Finished same = run_assay({"diff", "--exact", folder_of(whole), folder_of(rest)});
  EXPECT_EQ(same.exit_code, 0) << same.out << same.err;
}

TEST(Nproc, ResumeTakesAsManyAsThereWere) {
  const TemporaryFolder folder;
  const Finished whole = run_assay(together(folder / "whole", "10", {"--quiet"}));
  {
    Process run(assay_words(together(folder / "runs", "10")), {.folder = source_folder()});
    ASSERT_TRUE(run.wait_for("2/10"));
    run.send(SIGTERM);
    ASSERT_EQ(run.wait().exit_code, 10);
  }

  const Finished rest = run_assay({"resume", "digits-mlp", "--runs", folder / "runs", "--quiet"});

  EXPECT_EQ(rest.exit_code, 0) << rest.err;
  EXPECT_EQ(rest.err, "");
  const Finished same = run_assay({"diff", "--exact", folder_of(whole), folder_of(rest)});
  EXPECT_EQ(same.exit_code, 0) << same.out << same.err;
}

TEST(Nproc, AnotherNumberOfProcessesGoesOnWithAWarning) {
  const TemporaryFolder folder;
  {
    Process run(assay_words(together(folder / "runs", "20")), {.folder = source_folder()});
    ASSERT_TRUE(run.wait_for("2/20"));
    run.send(SIGTERM);
    ASSERT_EQ(run.wait().exit_code, 10);
  }
  const std::vector<std::string> alone{
      "run",    "configs/digits.yaml", "train.until=20 epochs", "checkpoint.every=30 steps",
      "--runs", folder / "runs"};

  const Finished strict = run_assay({"run", "configs/digits.yaml", "train.until=20 epochs",
                                     "checkpoint.every=30 steps", "--runs", folder / "runs", "--strict"});
  const Finished rest = run_assay(alone);

  EXPECT_EQ(strict.exit_code, 8);
  EXPECT_EQ(rest.exit_code, 0) << rest.err;
  EXPECT_THAT(rest.err, HasSubstr("processes was 2, is 1"));
}

TEST(Nproc, ProcessesThatTorchrunStartsAreOneRun) {
  const TemporaryFolder folder;
  const int port = port_of(listen_at("127.0.0.1", 0).get());
  const auto variables = [&](int rank) {
    return std::map<std::string, std::string>{{"RANK", text(rank)},
                                              {"LOCAL_RANK", text(rank)},
                                              {"WORLD_SIZE", "2"},
                                              {"MASTER_ADDR", "127.0.0.1"},
                                              {"MASTER_PORT", text(port)}};
  };
  const auto words = assay_words(short_run(folder / "runs"));
  Process first(words, {.folder = source_folder(), .variables = variables(0)});
  Process second(words, {.folder = source_folder(), .variables = variables(1)});

  const Finished of_first = first.wait(), of_second = second.wait();

  EXPECT_EQ(of_first.exit_code, 0) << of_first.err;
  EXPECT_THAT(of_first.out, StartsWith("finished"));
  EXPECT_EQ(of_second.exit_code, 0) << of_second.err;
  EXPECT_EQ(of_second.out, "");
  EXPECT_EQ(of_second.err, "");
}

TEST(Nproc, ARankThatTrainsSomethingElseIsRefusedByAll) {
  const TemporaryFolder folder;
  const int port = port_of(listen_at("127.0.0.1", 0).get());
  const auto start = [&](int rank, const std::string& seed) {
    return std::make_unique<Process>(assay_words(short_run(folder / text(rank), {"seed=" + seed})),
                                     ProcessOptions{.folder = source_folder(),
                                                    .variables = {{"RANK", text(rank)},
                                                                  {"WORLD_SIZE", "2"},
                                                                  {"MASTER_ADDR", "127.0.0.1"},
                                                                  {"MASTER_PORT", text(port)}}});
  };
  const auto first = start(0, "1"), second = start(1, "2");

  EXPECT_THAT(first->wait().err, HasSubstr("rank 1 is to train digits-mlp/"));
  EXPECT_THAT(second->wait().err, HasSubstr("but rank 0 trains digits-mlp/"));
}

TEST(Nproc, HalfOfTheVariablesIsRefused) {
  const TemporaryFolder folder;
  const Finished run =
      run_assay(short_run(folder / "runs"), {.variables = {{"RANK", "0"}, {"WORLD_SIZE", "2"}}});

  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.err, HasSubstr("RANK, WORLD_SIZE are set, but MASTER_ADDR, MASTER_PORT are not"));
}

TEST(Nproc, AProcessOfOneIsOnItsOwn) {
  const TemporaryFolder folder;
  const Finished run =
      run_assay(short_run(folder / "runs"), {.variables = {{"RANK", "0"}, {"WORLD_SIZE", "1"}}});

  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.err, Not(HasSubstr("processes")));
}

TEST(Nproc, NoProcessesAreRefused) {
  const TemporaryFolder folder;
  for (const char* count : {"0", "-1", "two"}) {
    const Finished run = run_assay(short_run(folder / "runs", {text("--nproc=", count)}));
    EXPECT_EQ(run.exit_code, 2);
    EXPECT_THAT(run.err, HasSubstr(text("--nproc is ", count, ", not a number from 1 to 4096")));
  }
}

TEST(Nproc, WhatProcessesCannotDoTogetherIsSaidAtOnce) {
  const TemporaryFolder folder;
  const Finished run = run_assay(short_run(
      folder / "runs", {"--nproc", "70", "threads=auto", "train.on_divergence=rollback", "optimizer=lbfgs"}));

  EXPECT_EQ(run.exit_code, 3);
  EXPECT_THAT(run.err, HasSubstr("train.batch_size is 64, but 70 processes are to train together"));
  EXPECT_THAT(run.err, HasSubstr("threads is auto, but"));
  EXPECT_THAT(run.err, HasSubstr("train.on_divergence is rollback, but"));
  EXPECT_THAT(run.err, HasSubstr("optimizer is lbfgs, which"));
  EXPECT_FALSE(std::filesystem::exists(folder / "runs"));
}

}  // namespace
}  // namespace assay::testing
