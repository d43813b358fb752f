// `threads: auto`: a number is measured when a run is created, recorded, and used by whoever goes on with it.
#include <csignal>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>

#include "core/io/files.h"
#include "core/io/json_text.h"
#include "core/text.h"
#include "runner/cli/speed.h"
#include "runner/store/read_record.h"
#include "tests/runner/cli/support.h"

namespace assay::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

store::Record record_with(const Json& environment) {
  store::Record record;
  record.begin.environment = environment;
  return record;
}

TEST(Threads, OfARecordAreTakenWhereTheConfigSaysAuto) {
  Experiment asked;
  asked.threads.count = 0;
  cli::take_recorded_speed(record_with(Json(Json::Map{{"threads", 3}})), asked);
  EXPECT_EQ(asked.threads.count, 3);

  Experiment given;
  given.threads.count = 2;
  cli::take_recorded_speed(record_with(Json(Json::Map{{"threads", 3}})), given);
  EXPECT_EQ(given.threads.count, 2);
}

TEST(Threads, OfARecordThatDoesNotSayStayToBeMeasured) {
  Experiment asked;
  asked.threads.count = 0;

  cli::take_recorded_speed(record_with(Json::map()), asked);
  EXPECT_TRUE(asked.threads.is_auto());
}

TEST(Threads, AreSaidWithWhatWasMeasured) {
  const SpeedChoice choice{2, "contiguous", {{1, "contiguous", 4e-3}, {2, "contiguous", 2.5e-3}}, 1.5};

  EXPECT_THAT(cli::speed_text(choice),
              AllOf(HasSubstr("2 threads (auto: 1 takes 4 ms, 2 take 2.5 ms a step; measured in ")));
  EXPECT_EQ(cli::to_json(choice).find_path("measured.1.step_s")->real(), 2.5e-3);
  EXPECT_THAT(cli::speed_text(SpeedChoice{}), HasSubstr("1 thread (auto: nothing to choose from)"));
}

TEST(MemoryFormat, OfARecordIsTakenWhereTheConfigSaysAuto) {
  Experiment asked;
  asked.train.memory_format = "auto";
  EXPECT_TRUE(cli::leaves_speed_open(asked));
  cli::take_recorded_speed(record_with(Json(Json::Map{{"memory_format", "channels_last"}})), asked);
  EXPECT_EQ(asked.train.memory_format, "channels_last");
  EXPECT_FALSE(cli::leaves_speed_open(asked));
}

TEST(MemoryFormat, IsSaidWithWhatWasMeasured) {
  const SpeedChoice choice{1, "channels_last", {{1, "contiguous", 4e-3}, {1, "channels_last", 3e-3}}, 1.5};

  EXPECT_THAT(
      cli::speed_text(choice),
      AllOf(HasSubstr("1 thread, channels_last (auto: 1 contiguous takes 4 ms, 1 channels_last takes 3 ms")));
}

const char* const small_network =
    "model={type: sequential, layers: [{type: reshape, shape: [1, 8, 8]}, {type: conv2d, channels: 4, "
    "kernel: 3}, "
    "batch_norm2d, relu, {type: max_pool2d, kernel: 2}, flatten, linear]}";

/// The folder of a run of so many steps in one of the layouts.
std::string run_laid_out(const TemporaryFolder& folder, const std::string& format, int steps) {
  const Finished run = run_assay({"run", "configs/digits.yaml", small_network,
                                  "train.memory_format=" + format, "schedule=constant",
                                  text("train.until=", steps, " steps"), "--runs", folder.path(), "--quiet"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  return std::string(trim(run.out));
}

double final_loss(const std::string& run) {
  const Json result = parse_json(read_file(run + "/result.json"), "result.json");
  return result.find("metrics")->find("valid/loss")->real();
}

TEST(MemoryFormat, ChangesTheResultByNoMoreThanRounding) {
  const TemporaryFolder folder;
  const double contiguous = final_loss(run_laid_out(folder, "contiguous", 40));
  EXPECT_NEAR(final_loss(run_laid_out(folder, "channels_last", 40)), contiguous, 1e-4 * contiguous);
}

TEST(MemoryFormat, IsThatOfTheEvaluationOfARunToo) {
  const TemporaryFolder folder;
  const std::string run = run_laid_out(folder, "channels_last", 40);
  const Finished verified = run_assay({"verify", run});
  EXPECT_EQ(verified.exit_code, 0) << verified.err << verified.out;
}

TEST(MemoryFormat, IsMeasuredWhenARunIsCreatedAndRecorded) {
  const TemporaryFolder folder;
  const Finished run = run_assay({"run", "configs/digits.yaml", small_network, "train.memory_format=auto",
                                  "train.until=40 steps", "--runs", folder.path(), "--quiet"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const Json environment = store::read_record(std::string(trim(run.out))).begin.environment;
  const Json* measured = environment.find_path("speed_measured.measured");
  ASSERT_NE(measured, nullptr);
  EXPECT_EQ(measured->items().size(), 2U);
  EXPECT_EQ(measured->items().back().find("memory_format")->text(), "channels_last");
  const std::string chosen = environment.find("memory_format")->text();
  EXPECT_TRUE(chosen == "contiguous" || chosen == "channels_last") << chosen;
}

/// Leaves this process, and the programs that it starts, one core for as long as it lives.
class OneCore {
 public:
  OneCore() {
    sched_getaffinity(0, sizeof before_, &before_);
    int first = 0;
    while (CPU_ISSET(first, &before_) == 0) ++first;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(first, &one);
    sched_setaffinity(0, sizeof one, &one);
  }
  ~OneCore() { sched_setaffinity(0, sizeof before_, &before_); }
  OneCore(const OneCore&) = delete;
  OneCore& operator=(const OneCore&) = delete;

  static int cores() {
    cpu_set_t mine;
    sched_getaffinity(0, sizeof mine, &mine);
    return CPU_COUNT(&mine);
  }

 private:
  cpu_set_t before_;
};

TEST(Threads, AreMeasuredWhenARunIsCreatedAndRecorded) {
  if (OneCore::cores() < 2) GTEST_SKIP() << "one core: there is nothing to choose";
  const TemporaryFolder folder;

  const Finished run = run_assay(short_run(folder.path(), {"threads=auto", "--quiet"}));

  ASSERT_EQ(run.exit_code, 0) << run.err;
  const Json environment = store::read_record(std::string(trim(run.out))).begin.environment;
  const Json* measured = environment.find_path("speed_measured.measured");
  ASSERT_NE(measured, nullptr);
  EXPECT_EQ(measured->items().front().find("threads")->integer(), 1);
  EXPECT_EQ(measured->items().back().find("threads")->integer(), OneCore::cores());
  bool is_one_of_them = false;
  for (const Json& each : measured->items()) {
    EXPECT_GT(each.find("step_s")->real(), 0);
    is_one_of_them =
        is_one_of_them || each.find("threads")->integer() == environment.find("threads")->integer();
  }
  EXPECT_TRUE(is_one_of_them);
}

// With one core there is nothing to measure: one thread, which a machine with more cores must not choose
// anew.
TEST(Threads, AreKeptByTheNextAttempt) {
  const TemporaryFolder folder;
  const std::vector<std::string> words{"run",
                                       "configs/digits.yaml",
                                       "threads=auto",
                                       "model.hidden=[512, 512]",
                                       "train.until=40 epochs",
                                       "checkpoint.every=33 steps",
                                       "--runs",
                                       folder / "runs"};
  {
    const OneCore pinned;
    Process process(assay_words(words), {.folder = source_folder()});
    ASSERT_TRUE(process.wait_for(" 3/40 "));
    process.send(SIGTERM);
    ASSERT_EQ(process.wait().exit_code, 10);
  }

  const Finished resumed = run_assay(words);

  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_THAT(resumed.err, AllOf(HasSubstr(", 1 thread"), Not(HasSubstr("(auto: "))));
  EXPECT_THAT(resumed.err, Not(HasSubstr("threads was"))) << "nothing changed";
}

}  // namespace
}  // namespace assay::testing
