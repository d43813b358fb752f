#include "runner/store/lease.h"

#include <condition_variable>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "core/io/files.h"
#include "tests/support/files.h"

namespace assay::store {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using testing::TemporaryFolder;

// A busy machine may hold a thread up for a while: what must not run out is a minute.
constexpr LeaseTimes quick{milliseconds(2), milliseconds(60'000), milliseconds(400)};
constexpr LeaseTimes patient{milliseconds(2), milliseconds(60'000), milliseconds(60'000)};

/// The message of the first failure, waited for.
class Heard {
 public:
  Lease::OnLost hear() {
    return [this](std::exception_ptr why) {
      const std::lock_guard lock(mutex_);
      why_ = std::move(why);
      told_.notify_all();
    };
  }
  std::string message() {
    std::unique_lock lock(mutex_);
    told_.wait(lock, [this] { return why_ != nullptr; });
    try {
      std::rethrow_exception(why_);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), Kind::fenced);
      return error.problems().front().message;
    }
  }

 private:
  std::mutex mutex_;
  std::condition_variable told_;
  std::exception_ptr why_;
};

void ignore(std::exception_ptr) {}

TEST(Lease, ShowsSignsOfLifeToWhoWatches) {
  const TemporaryFolder folder;
  make_folders(folder / "a.1");
  const Lease lease(folder.path(), 1, patient, ignore);

  EXPECT_EQ(watch(folder.path(), 1, patient, {}), Sign::alive);
}

TEST(Lease, ThatEndedIsSilent) {
  const TemporaryFolder folder;
  make_folders(folder / "a.1");
  Lease(folder.path(), 1, quick, ignore).stop();
  int n_looks = 0;

  EXPECT_EQ(watch(folder.path(), 1, quick,
                  [&](double seconds_left) {
                    ++n_looks;
                    EXPECT_LE(seconds_left, 0.4);
                  }),
            Sign::silent);
  EXPECT_GT(n_looks, 0);
}

TEST(Lease, WatchEndsWhenTheAttemptDoes) {
  const TemporaryFolder folder;

  EXPECT_EQ(watch(folder.path(), 1, patient, [&](double) { folder.write("released.1", ""); }), Sign::ended);
}

TEST(Lease, WatchCanBeGivenUp) {
  const TemporaryFolder folder;
  const auto stop = [](double) { throw Error(Kind::stopped, "enough"); };

  EXPECT_THROW(watch(folder.path(), 1, quick, stop), Error);
}

TEST(Lease, IsLostWhenTheNextAttemptIsClaimed) {
  const TemporaryFolder folder;
  make_folders(folder / "a.1");
  Heard heard;
  const Lease lease(folder.path(), 1, quick, heard.hear());
  EXPECT_NO_THROW(lease.check());

  publish_claim(folder.path(), claim_of_this_process(2, 0));

  EXPECT_THROW(lease.check(), Error);
  EXPECT_THAT(heard.message(), HasSubstr("another process went on with this run (attempt 2"));
}

TEST(Lease, IsLostWhenNoSignOfLifeCanBeWritten) {
  const TemporaryFolder folder;
  make_folders(folder / "a.1");
  Heard heard;
  const Lease lease(folder.path(), 1, {milliseconds(2), milliseconds(10), milliseconds(40)}, heard.hear());

  remove_tree(folder / "a.1");

  EXPECT_THAT(heard.message(), HasSubstr("no sign of life could be written for"));
}

TEST(Lease, CanTakeItsFileAway) {
  const TemporaryFolder folder;
  make_folders(folder / "a.1");
  Lease lease(folder.path(), 1, quick, ignore);
  EXPECT_TRUE(exists(folder / "a.1/hb"));

  lease.stop_and_remove();

  EXPECT_FALSE(exists(folder / "a.1/hb"));
}

}  // namespace
}  // namespace assay::store
