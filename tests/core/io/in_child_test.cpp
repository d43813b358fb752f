#include "core/io/in_child.h"

#include <csignal>
#include <cstdlib>
#include <string>
#include <vector>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "core/io/h5.h"
#include "tests/support/files.h"

namespace assay {
namespace {

using ::testing::HasSubstr;
using testing::problems_of;

constexpr ChildLimits limits{.memory_bytes = 64U << 20U, .answer_bytes = 1U << 20U, .seconds = 10};

TEST(InChild, GivesWhatTheWorkReturned) {
  const std::string large(500'000, 'x');

  EXPECT_EQ(in_child("f", limits, [] { return std::string(); }), "");
  EXPECT_EQ(in_child("f", limits, [&] { return large; }), large);
}

TEST(InChild, PassesOnTheWorksOwnError) {
  const auto problems = problems_of([] {
    in_child("f.h5", limits, []() -> std::string {
      throw Error(Kind::store, Problem{{}, {}, "is no checkpoint", {}});
    });
  });

  EXPECT_EQ(to_string(problems.at(0)), "f.h5: error: is no checkpoint");
}

TEST(InChild, ACrashIsAnErrorThatNamesTheFile) {
  const auto problems = problems_of([] {
    in_child("f.h5", limits, []() -> std::string {
      std::signal(SIGSEGV, SIG_DFL);
      std::raise(SIGSEGV);
      return {};
    });
  });

  EXPECT_EQ(problems.at(0).message,
            "is damaged, or made to do harm: reading it crashed (Segmentation fault)");
  EXPECT_THAT(to_string(problems.at(0)), HasSubstr("f.h5: error: "));
}

TEST(InChild, LeavingInTheMiddleIsAnError) {
  const auto problems = problems_of([] { in_child("f.h5", limits, []() -> std::string { std::_Exit(0); }); });

  EXPECT_EQ(problems.at(0).message, "is damaged, or made to do harm: reading it crashed (it ended early)");
}

TEST(InChild, WorkWithoutAnEndIsAnError) {
  ChildLimits short_limits = limits;
  short_limits.seconds = 0.05;

  const auto problems = problems_of([&] {
    in_child("f.h5", short_limits, []() -> std::string {
      for (volatile bool forever = true; forever;) {
      }
      return {};
    });
  });

  EXPECT_EQ(problems.at(0).message, "is damaged, or made to do harm: reading it took over 0.05 s");
}

TEST(InChild, WorkWithoutAnEndEndsByTheProcessorTimeItUsed) {
  ChildLimits short_limits = limits;
  short_limits.cpu_seconds = 0.05;

  const auto problems = problems_of([&] {
    in_child("f.h5", short_limits, []() -> std::string {
      for (volatile bool forever = true; forever;) {
      }
      return {};
    });
  });

  EXPECT_EQ(problems.at(0).message,
            "is damaged, or made to do harm: reading it took over 0.05 s of processor time");
}

TEST(InChild, ProcessorTimeGrowsWithTheFile) {
  EXPECT_EQ(cpu_seconds_for(100'000), 1);
  EXPECT_EQ(cpu_seconds_for(10U << 20U), 11);
}

TEST(InChild, MemoryIsLimited) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers map terabytes";
#endif
  const auto problems =
      problems_of([] { in_child("f.h5", limits, [] { return std::string(std::size_t{1} << 30U, 'x'); }); });

  EXPECT_EQ(problems.at(0).message, "cannot be read in the memory that a file of its size needs");
}

TEST(InChild, AnAnswerThatIsTooLongIsAnError) {
  ChildLimits small = limits;
  small.answer_bytes = 10;

  EXPECT_EQ(problems_of([&] { in_child("f.h5", small, [] { return std::string(1 << 20, 'x'); }); }).size(),
            1U);
}

TEST(InChild, NoFileCanBeOpened) {
  const std::string answer = in_child(
      "f.h5", limits, [] { return std::string(::open("/dev/null", O_RDONLY) < 0 ? "none" : "one"); });

  EXPECT_EQ(answer, "none");
}

TEST(InChild, Hdf5CanBeUsed) {
  h5::Writer file;
  file.text("t", "hello");
  const std::string bytes = file.finish();

  EXPECT_EQ(in_child("f.h5", limits, [&] { return h5::Reader::over(bytes, "f.h5").text("t"); }), "hello");
}

}  // namespace
}  // namespace assay
