#include "runner/sweep/ledger.h"

#include <cmath>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/files.h"
#include "core/text.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using sweep::LedgerLine;
using sweep::LedgerReader;
using sweep::LedgerWriter;
using sweep::TrialEnd;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

store::Claim worker(std::int64_t pid) {
  store::Claim claim;
  claim.host = "host";
  claim.pid = pid;
  return claim;
}

TrialEnd some_end(sweep::Trial trial) {
  TrialEnd end;
  end.trial = trial;
  end.attempt = 2;
  end.how = TrialEnd::How::stopped;
  end.reason = "pruned";
  end.value = 0.1 + 0.2;
  end.share = 0.25;
  end.step = 10;
  end.metrics = {{"valid/loss", 0.5}};
  end.proposal = sweep::Proposal{{1, std::nan(""), 3e-4}, {5, {2}, {3, 4}}};
  return end;
}

TEST(Ledger, GivesBackWhatWasWritten) {
  const TemporaryFolder folder;
  LedgerWriter log(folder / "w", worker(1));

  log.add(some_end(-3));
  const std::vector<LedgerLine> lines = LedgerReader(folder / "w").read();

  ASSERT_THAT(lines, SizeIs(1));
  const auto& end = std::get<TrialEnd>(lines[0]);
  EXPECT_EQ(end.trial, -3);
  EXPECT_EQ(end.reason, "pruned");
  EXPECT_EQ(end.value, 0.1 + 0.2);
  EXPECT_EQ(end.share, 0.25);
  EXPECT_EQ(end.metrics, some_end(-3).metrics);
  EXPECT_TRUE(std::isnan(end.proposal->point[1]));
  EXPECT_EQ(end.proposal->point[2], 3e-4);
  EXPECT_EQ(end.proposal->saw, some_end(-3).proposal->saw);
}

TEST(Ledger, ReadsOnlyWhatIsNewOfEveryLog) {
  const TemporaryFolder folder;
  LedgerWriter first(folder / "w", worker(1)), second(folder / "w", worker(2));
  LedgerReader reader(folder / "w");
  first.add(some_end(0));
  EXPECT_THAT(reader.read(), SizeIs(1));

  second.add(some_end(1));
  first.add(some_end(2));

  EXPECT_THAT(reader.read(), SizeIs(2));
  EXPECT_THAT(reader.read(), IsEmpty());
}

TEST(Ledger, AKilledWorkersHalfLineIsNotRead) {
  const TemporaryFolder folder;
  LedgerWriter log(folder / "w", worker(1));
  log.add(some_end(0));
  append(folder / "w/host-1-0.log", "0123abcd {\"end\": 1");

  EXPECT_THAT(LedgerReader(folder / "w").read(), SizeIs(1));
}

TEST(Ledger, ADamagedLineIsPassedOver) {
  const TemporaryFolder folder;
  LedgerWriter log(folder / "w", worker(1));
  log.add(some_end(0));
  log.add(some_end(1));
  const std::string path = folder / "w/host-1-0.log";
  std::string bytes = read_file(path);
  bytes[bytes.find("\"end\":0") + 6] = '7';
  std::ofstream(path) << bytes;

  const std::vector<LedgerLine> lines = LedgerReader(folder / "w").read();

  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_EQ(std::get<TrialEnd>(lines[0]).trial, 1);
}

TEST(Ledger, ASyncIsSaidBehindWhatItCovers) {
  const TemporaryFolder folder;
  LedgerWriter log(folder / "w", worker(1));
  log.add(some_end(0));
  log.sync();
  log.sync();  // nothing new: nothing to sync

  const std::vector<LedgerLine> lines = LedgerReader(folder / "w").read();

  ASSERT_THAT(lines, SizeIs(2));
  EXPECT_TRUE(std::holds_alternative<sweep::LogSynced>(lines[1]));
}

}  // namespace
}  // namespace assay::testing
