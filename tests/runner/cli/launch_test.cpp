// Sweeps and runs with a launcher, as far as it can be seen without a cluster: Slurm's commands are scripts
// of the test. What a real one makes of it stands in tests/slurm.
#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "core/io/files.h"
#include "core/text.h"
#include "tests/runner/cli/support.h"

namespace assay::testing {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

class Launched : public ::testing::Test {
 protected:
  Launched() {
    program("sbatch", text("cat >>'", folder_ / "scripts",
                           "'; case \"$*\" in *dependency*) echo 13;; *) echo 12;; esac"));
    program("scontrol", "echo 'MaxArraySize            = 1001'");
    program("squeue", text("cat '", folder_ / "queue", "' 2>/dev/null || true"));
    program("scancel", text("echo \"$@\" >>'", folder_ / "cancelled", '\''));
  }

  void program(const std::string& name, const std::string& body) const {
    ::chmod(folder_.write("bin/" + name, "#!/bin/sh\n" + body + "\n").c_str(), 0755);
  }
  std::string config(const std::string& launcher = "{type: slurm, cpus: 2}") const {
    return folder_.write("search.yaml",
                         "assay: 1\nname: search\ndataset: {type: digits, transforms: [standardize]}\n"
                         "model: {type: mlp, hidden: [8]}\noptimizer: adamw\n"
                         "train: {batch_size: 64, until: 2 epochs}\nlauncher: " +
                             launcher +
                             "\nsweep: {objective: {metric: valid/loss}, space: {seed: {range: [0, 8]}}}\n");
  }
  Finished assay(std::vector<std::string> words) const {
    const std::string path = text(folder_ / "bin", ':', std::getenv("PATH"));
    return run_assay(std::move(words), {.variables = {{"PATH", path}, {"ASSAY_RUNS", folder_ / "runs"}}});
  }
  std::string scripts() const { return exists(folder_ / "scripts") ? read_text(folder_ / "scripts") : ""; }
  /// Its folder; fails the test if it cannot be submitted.
  std::string submitted() const {
    const Finished run = assay({"sweep", config(), "--quiet"});
    EXPECT_EQ(run.exit_code, 0) << run.err;
    return std::string(trim(run.out));
  }

  TemporaryFolder folder_;
};

TEST_F(Launched, ASweepIsWrittenDownSubmittedAndLeft) {
  const Finished run = assay({"sweep", config()});

  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, AllOf(HasSubstr("12: 4 workers, 2 trials at a time each"),
                             HasSubstr("13: once they have ended")));
  EXPECT_THAT(scripts(),
              AllOf(HasSubstr("#SBATCH --array=0-3\n"), ContainsRegex("exec srun .*assay' 'worker' "),
                    HasSubstr("'--notice' '180'"), HasSubstr("'sweep' 'show'")));
}

TEST_F(Launched, ADryRunShowsTheScriptAndWritesNothing) {
  program("sbatch", "cat >/dev/null; echo 'sbatch: Job 14 to start at 2026-03-01T14:05:00' >&2");

  const Finished run = assay({"sweep", config(), "--dry-run"});

  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out,
              AllOf(HasSubstr("#SBATCH --array=0-3\n"), HasSubstr("to start at 2026-03-01T14:05:00")));
  EXPECT_FALSE(exists(folder_ / "runs"));
}

TEST_F(Launched, TheSameCommandAgainSubmitsWhatIsMissing) {
  submitted();
  folder_.write("queue", "PENDING|N/A|Priority\nPENDING|N/A|Priority\nRUNNING|N/A|None\n");

  const Finished run = assay({"sweep", config()});

  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, AllOf(HasSubstr("2 wait: Priority; 1 runs"), HasSubstr("12: 1 worker,")));
}

TEST_F(Launched, StatusSaysWhyJobsWait) {
  const std::string study = submitted();
  folder_.write("queue", "PENDING|2026-03-01T14:05:00|Resources\n");

  EXPECT_THAT(assay({"sweep", "status", study}).out,
              AllOf(HasSubstr("queued"), HasSubstr("1 waits: Resources, from 2026-03-01T14:05:00")));
  EXPECT_THAT(assay({"sweep", "status", study, "--format", "json"}).out,
              HasSubstr("\"reason\": \"Resources\""));
}

TEST_F(Launched, StatusWorksWhereTheQueueCannotBeAsked) {
  const std::string study = submitted();
  program("squeue", "exit 1");

  const Finished status = assay({"sweep", "status", study});

  EXPECT_EQ(status.exit_code, 0) << status.err;
  EXPECT_THAT(status.out, HasSubstr("cannot be asked"));
}

TEST_F(Launched, StopTakesJobsOffTheQueue) {
  const std::string study = submitted();

  EXPECT_EQ(assay({"sweep", "stop", study}).exit_code, 0);

  EXPECT_TRUE(exists(study + "/stop"));
  EXPECT_THAT(read_text(folder_ / "cancelled"),
              ContainsRegex("--state=PENDING --name=assay-search-[0-9a-f]+-[0-9a-f]+\n"));
}

TEST_F(Launched, ARefusalIsToldInSlurmsWords) {
  program("sbatch", "cat >/dev/null; echo 'sbatch: error: invalid partition specified: gqu' >&2; exit 1");

  const Finished run = assay({"sweep", config()});

  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err,
              AllOf(HasSubstr("Slurm did not take the job"), HasSubstr("invalid partition specified: gqu")));
}

TEST_F(Launched, WorkersOfThisMachineAreRefused) {
  const Finished run = assay({"sweep", config(), "--workers", "2"});

  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.err, HasSubstr("launcher.width"));
}

TEST_F(Launched, LocalWorksHere) {
  const Finished run = assay({"sweep", config(), "--launcher", "local", "--workers", "2"});

  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("8 finished"));
  EXPECT_EQ(scripts(), "");
}

TEST_F(Launched, TheLauncherDoesNotMakeItAnotherStudy) {
  const std::string study = submitted();

  EXPECT_EQ(trim(assay({"sweep", config(), "--launcher", "local", "--workers", "2", "--quiet"}).out), study);
}

TEST_F(Launched, ARunIsKeptWithItsConfigAndDoneByItsJob) {
  const std::string file = config();
  const Finished run = assay({"run", file, "--unset", "sweep", "--quiet"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const std::string folder{trim(run.out)};
  EXPECT_THAT(scripts(),
              AllOf(HasSubstr(text("'job' '", folder, "' '--notice' '180'")), Not(HasSubstr("--array"))));
  remove_file(file);

  const Finished job = assay({"job", folder});

  EXPECT_EQ(job.exit_code, 0) << job.err;
  EXPECT_TRUE(exists(folder + "/result.json"));
}

}  // namespace
}  // namespace assay::testing
