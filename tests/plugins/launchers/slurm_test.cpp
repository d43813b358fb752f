// What is asked of Slurm's commands, and how their answers are read. The commands are scripts of the test; a
// real Slurm is asked in tests/slurm.
#include "plugins/launchers/slurm.h"

#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "core/error.h"
#include "core/text.h"
#include "tests/support/files.h"

namespace assay::launchers {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::problems_of;
using testing::read_text;
using ::testing::SizeIs;
using testing::TemporaryFolder;

LaunchOrder an_order(std::int64_t n_jobs = 4) {
  LaunchOrder order;
  order.name = "assay-digits-3f2a-1a2b3c";
  order.folder = "/scratch/50% off";
  order.work = {"/opt/assay", "worker", "/scratch/it's"};
  order.n_jobs = n_jobs;
  return order;
}

std::string script_of(const SlurmParams& params, std::int64_t n_jobs = 4) {
  return Slurm(params, {}).script(an_order(n_jobs));
}

/// Programs of the test, before all others on the PATH.
class SlurmCommands : public ::testing::Test {
 protected:
  SlurmCommands() : path_(std::getenv("PATH")) {
    ::setenv("PATH", (folder_.path() + ":" + path_).c_str(), 1);
  }
  ~SlurmCommands() override { ::setenv("PATH", path_.c_str(), 1); }

  /// What is said to it goes to the file `<name>.words`, a line for each call.
  void program(const std::string& name, const std::string& body) const {
    const std::string file = folder_.write(
        name, text("#!/bin/sh\necho \"$@\" >>'", folder_ / (name + ".words"), "'\n", body, '\n'));
    ::chmod(file.c_str(), 0755);
  }
  std::string words(const std::string& name) const { return read_text(folder_ / (name + ".words")); }

  TemporaryFolder folder_;
  const std::string path_;
  const Slurm slurm_{SlurmParams{}, {}};
};

TEST(SlurmScript, RunsTheWorkAsAStep) {
  SlurmParams params;
  params.cpus = 6;

  EXPECT_THAT(script_of(params), EndsWith("exec srun --ntasks=1 --cpus-per-task=6 --kill-on-bad-exit=1 "
                                          "'/opt/assay' 'worker' '/scratch/it'\\''s'\n"));
}

TEST(SlurmScript, AsksForWhatComingBackNeeds) {
  const std::string script = script_of({});

  EXPECT_THAT(script, AllOf(HasSubstr("#SBATCH --requeue\n"), HasSubstr("#SBATCH --open-mode=append\n"),
                            HasSubstr("#SBATCH --signal=USR2@180\n"), HasSubstr("#SBATCH --time=1:00:00\n")));
}

TEST(SlurmScript, IsAnArrayIfThereIsMoreThanOneJob) {
  EXPECT_THAT(script_of({}, 4), HasSubstr("#SBATCH --array=0-3\n"));
  EXPECT_THAT(script_of({}, 1), Not(HasSubstr("--array")));
}

TEST(SlurmScript, SaysNothingOfWhatTheSiteDecides) {
  EXPECT_THAT(script_of({}),
              AllOf(Not(HasSubstr("--partition")), Not(HasSubstr("--mem")), Not(HasSubstr("--gres"))));
}

TEST(SlurmScript, HasTheSitesOptionsAndSetup) {
  SlurmParams params;
  params.partition = "gpu,preempt";
  params.gres = "gpu:2";
  params.options = {"--reservation=course"};
  params.setup = {"module load cuda"};

  EXPECT_THAT(script_of(params),
              AllOf(HasSubstr("#SBATCH --partition=gpu,preempt\n"), HasSubstr("#SBATCH --gres=gpu:2\n"),
                    HasSubstr("#SBATCH --reservation=course\n"), HasSubstr("\nmodule load cuda\nexec srun")));
}

TEST(SlurmScript, FoldersMayHaveBlanksAndPercentSigns) {
  EXPECT_THAT(script_of({}), HasSubstr("#SBATCH --output=\"/scratch/50%% off/%A_%a.log\"\n"));
}

TEST(SlurmRoom, IsByProcessorsUnlessThereAreGpus) {
  SlurmParams params;
  params.cpus = 8;
  EXPECT_EQ(Slurm(params, {}).room({2, true}), 4);
  params.gres = "gpu:a100:2";
  EXPECT_EQ(Slurm(params, {}).room({2, true}), 2);
  EXPECT_EQ(Slurm(params, {}).room({2, false}), 4);
  params.workers = 5;
  EXPECT_EQ(Slurm(params, {}).room({2, true}), 5);
}

TEST_F(SlurmCommands, SubmitReturnsTheIdsAndTiesTheReportToTheWork) {
  program("sbatch", "cat >/dev/null; case \"$*\" in *dependency*) echo '13;main';; *) echo '12;main';; esac");
  LaunchOrder order = an_order();
  order.report = {{"/opt/assay", "sweep", "show"}};

  const LaunchedJobs jobs = slurm_.submit(order);

  EXPECT_EQ(jobs.work, "12");
  EXPECT_EQ(jobs.report, "13");
  EXPECT_THAT(words("sbatch"), HasSubstr("--dependency=afterany:12"));
}

TEST_F(SlurmCommands, ARefusalIsToldInSlurmsWords) {
  program("sbatch", "echo 'sbatch: error: invalid partition specified: gqu' >&2; exit 1");

  const auto problems = problems_of([&] { slurm_.submit(an_order()); });

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].message, "Slurm did not take the job");
  EXPECT_THAT(problems[0].notes, ElementsAre("sbatch: error: invalid partition specified: gqu"));
}

TEST_F(SlurmCommands, FindTellsTheWorkFromTheReport) {
  program("squeue", "echo '13|assay-digits-3f2a-1a2b3c-report'; echo '12|assay-digits-3f2a-1a2b3c'");

  const auto jobs = slurm_.find("assay-digits-3f2a-1a2b3c");

  ASSERT_TRUE(jobs);
  EXPECT_EQ(jobs->work, "12");
  EXPECT_EQ(jobs->report, "13");
}

TEST_F(SlurmCommands, FindKnowsNothingOfWhatTheQueueDoesNotKnow) {
  program("squeue", "");

  EXPECT_FALSE(slurm_.find("assay-digits-3f2a-1a2b3c"));
}

TEST_F(SlurmCommands, AQueueThatDoesNotAnswerIsAnError) {
  program("squeue", "echo 'slurm_load_jobs error: Unable to contact slurm controller' >&2; exit 1");

  EXPECT_THROW(slurm_.find("name"), Error);
}

TEST_F(SlurmCommands, JobsThatStandAlikeAreCountedTogether) {
  program("squeue",
          "echo 'PENDING|2026-03-01T14:05:00|Resources'; echo 'PENDING|2026-03-01T13:00:00|Resources'; "
          "echo 'RUNNING|2026-03-01T12:00:00|None'; echo 'PENDING|N/A|Priority'; echo 'COMPLETING|N/A|None'");

  const std::vector<QueuedJobs> jobs = slurm_.queue({"a"});

  ASSERT_THAT(jobs, SizeIs(4));
  EXPECT_EQ(jobs[0].reason, "Priority");
  EXPECT_EQ(jobs[0].start, "");
  EXPECT_EQ(jobs[1].n, 2);
  EXPECT_EQ(jobs[1].start, "2026-03-01T13:00:00");
  EXPECT_EQ(jobs[2].stand, QueuedJobs::Stand::runs);
  EXPECT_EQ(jobs[3].stand, QueuedJobs::Stand::ends);
}

TEST_F(SlurmCommands, MostJobsAreBoundedByTheSite) {
  program("scontrol", "echo 'MaxArraySize            = 9'");

  EXPECT_EQ(slurm_.most_jobs(), 9);
}

TEST_F(SlurmCommands, CancelOnlySignalsWhatRuns) {
  program("scancel", "");

  slurm_.cancel({"a"});

  EXPECT_THAT(words("scancel"), AllOf(HasSubstr("--state=PENDING --name=a\n"), HasSubstr("--name=a-report\n"),
                                      HasSubstr("--state=RUNNING --signal=USR2 --name=a\n")));
}

}  // namespace
}  // namespace assay::launchers
