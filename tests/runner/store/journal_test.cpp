#include "runner/store/journal.h"

#include <atomic>
#include <cerrno>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/error.h"
#include "core/io/files.h"
#include "core/io/json_text.h"
#include "core/text.h"
#include "runner/store/journal_reader.h"
#include "tests/runner/store/example_run.h"
#include "tests/support/file_size_limit.h"
#include "tests/support/files.h"

namespace {

std::atomic<int> n_syncs_to_fail = 0;

}  // namespace

/// In place of the C library's, for the store as well: a disk that refuses to sync, as often as told.
extern "C" int fdatasync(int fd) {
  if (n_syncs_to_fail > 0) {
    --n_syncs_to_fail;
    errno = EIO;
    return -1;
  }
  return static_cast<int>(syscall(SYS_fdatasync, fd));
}

namespace assay::store {
namespace {

using ::testing::ElementsAre;
using testing::HandClock;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::problems_of;
using testing::TemporaryFolder;

constexpr std::chrono::milliseconds never(3'600'000);

struct Fixture {
  TemporaryFolder folder;
  HandClock clock;
  Failure failure;

  std::string begin_folder() {
    make_folders(folder / "a.1");
    return folder / "a.1";
  }
  std::string part(int number) const { return folder / text("a.1/", journal_name(number)); }
};

Json begin_of_nothing() { return Json(Json::Map{{"name", "nothing"}}); }

/// What a journal holds, a line for each record: "begin {...}", "row 3 of epoch 1: 0=0.5 1=0.25".
std::vector<std::string> lines_of(std::string_view bytes) {
  std::vector<std::string> lines;
  JournalScan scan(bytes);
  while (const auto item = scan.next()) {
    if (item->kind == JournalKind::row) {
      std::string line = text("row ", item->row.step, " of epoch ", item->row.epoch, ':');
      for (std::size_t i = 0; i < item->n_points(); ++i)
        line += text(' ', item->point(i).series, '=', item->point(i).value);
      lines.push_back(std::move(line));
    } else if (is_text(item->kind)) {
      lines.push_back(text(static_cast<int>(item->kind), ' ', item->payload));
    }
  }
  return lines;
}

std::vector<std::string> lines_on_disk(const Fixture& fixture) {
  const auto journal = find_journal(fixture.folder.path(), 1);
  return journal ? lines_of(journal->bytes) : std::vector<std::string>();
}

void log_loss(Journal& journal, std::int64_t step) {
  const std::vector<Scalar> row{{"train/loss", 1.0 / static_cast<double>(step)}};
  journal.row(step, 0, row);
}

TEST(Journal, HoldsEveryRecordWhenTheCallReturns) {
  Fixture fixture;
  Journal journal(fixture.begin_folder(), begin_of_nothing(), fixture.clock, never, fixture.failure);

  const std::vector<Scalar> row{{"train/loss", 0.5}, {"train/lr", 0.1}};
  journal.row(1, 0, row);
  journal.row(2, 1, std::span(row).first(1));
  journal.blob(JournalKind::note, Json(Json::Map{{"key", "device"}}));

  EXPECT_THAT(lines_on_disk(fixture),
              ElementsAre("8 {\"name\":\"nothing\"}", "9 {\"index\":0,\"name\":\"train/loss\"}",
                          "9 {\"index\":1,\"name\":\"train/lr\"}", "row 1 of epoch 0: 0=0.5 1=0.1",
                          "row 2 of epoch 1: 0=0.5", "11 {\"key\":\"device\"}"));
}

TEST(Journal, GivesItsTakerEveryRecordOnce) {
  Fixture fixture;
  Journal journal(fixture.begin_folder(), begin_of_nothing(), fixture.clock, never, fixture.failure);
  log_loss(journal, 1);

  EXPECT_THAT(lines_of(journal.take()),
              ElementsAre(HasSubstr("nothing"), HasSubstr("train/loss"), "row 1 of epoch 0: 0=1"));
  EXPECT_THAT(journal.take(), IsEmpty());
  log_loss(journal, 2);
  EXPECT_THAT(lines_of(journal.take()), ElementsAre("row 2 of epoch 0: 0=0.5"));
}

TEST(Journal, IsDurableAfterASync) {
  Fixture fixture;
  Journal journal(fixture.begin_folder(), begin_of_nothing(), fixture.clock, never, fixture.failure);
  EXPECT_EQ(journal.durable(), journal.length());

  log_loss(journal, 1);
  EXPECT_LT(journal.durable(), journal.length());
  journal.sync();

  EXPECT_EQ(journal.durable(), journal.length());
}

TEST(Journal, FailedSyncBeginsANewPartWithAllThatWasNotDurable) {
  Fixture fixture;
  Journal journal(fixture.begin_folder(), begin_of_nothing(), fixture.clock, never, fixture.failure);
  log_loss(journal, 1);
  journal.sync();
  const std::uint64_t durable = journal.durable();
  log_loss(journal, 2);

  n_syncs_to_fail = 1;
  EXPECT_NO_THROW(journal.sync());
  log_loss(journal, 4);

  EXPECT_EQ(journal.durable(), journal.length() - 2 * journal_record_bytes);
  const std::string part = read_file(fixture.part(2));
  EXPECT_EQ(JournalScan(part).next()->start, durable);
  // The kernel may have lost what the first part holds behind that: it does not count any more.
  publish(fixture.part(1), read_file(fixture.part(1)).substr(0, journal_record_bytes + durable));
  EXPECT_THAT(lines_on_disk(fixture),
              ElementsAre(HasSubstr("nothing"), HasSubstr("train/loss"), "row 1 of epoch 0: 0=1",
                          "row 2 of epoch 0: 0=0.5", "row 4 of epoch 0: 0=0.25"));
}

TEST(Journal, WhoseNewPartCannotBeWrittenSaysSoAndTriesAgain) {
  Fixture fixture;
  Journal journal(fixture.begin_folder(), begin_of_nothing(), fixture.clock, never, fixture.failure);
  log_loss(journal, 1);
  const std::uint64_t durable = journal.durable();

  n_syncs_to_fail = 1;
  {
    const testing::FileSizeLimit limit(10);
    EXPECT_THROW(journal.sync(), Error);
  }
  EXPECT_EQ(journal.durable(), durable);
  EXPECT_THROW(log_loss(journal, 2), Error);  // which part is the last is not certain
  journal.sync();                             // would be believed by a disk that reports an error once
  log_loss(journal, 3);

  EXPECT_TRUE(exists(fixture.part(2)));
  EXPECT_THAT(lines_on_disk(fixture), ElementsAre(HasSubstr("nothing"), HasSubstr("train/loss"),
                                                  "row 1 of epoch 0: 0=1", HasSubstr("row 3 of epoch 0")));
}

TEST(Journal, RowThatCannotBeWrittenLeavesNothing) {
  Fixture fixture;
  Journal journal(fixture.begin_folder(), begin_of_nothing(), fixture.clock, never, fixture.failure);
  log_loss(journal, 1);
  const auto before = lines_on_disk(fixture);
  const std::uint64_t length = journal.length();

  const std::vector<Scalar> row{{"train/loss", 1}, {"train/accuracy", 1}};
  {
    const testing::FileSizeLimit limit(file_size(fixture.part(1)) + 70);
    EXPECT_THROW(journal.row(2, 0, row), Error);
  }
  EXPECT_EQ(lines_on_disk(fixture), before);
  EXPECT_EQ(journal.length(), length);

  journal.row(3, 0, row);  // the new series is announced again
  EXPECT_THAT(lines_on_disk(fixture).back(), "row 3 of epoch 0: 0=1 1=1");
  EXPECT_THAT(lines_on_disk(fixture).at(3), HasSubstr("train/accuracy"));
}

TEST(Journal, TakesRowsOfAnyNumberOfPoints) {
  Fixture fixture;
  Journal journal(fixture.begin_folder(), begin_of_nothing(), fixture.clock, never, fixture.failure);
  std::vector<Scalar> row(largest_row + 3, Scalar{"train/loss", 0.25});

  journal.row(1, 0, row);
  journal.row(2, 0, {});

  std::size_t n_points = 0;
  const auto read = find_journal(fixture.folder.path(), 1);
  JournalScan scan(read->bytes);
  while (const auto item = scan.next()) {
    if (item->kind == JournalKind::row) n_points += item->n_points();
  }
  EXPECT_EQ(n_points, row.size());
}

TEST(Journal, RefusesMoreSeriesThanItsRecordsCanName) {
  Fixture fixture;
  Journal journal(fixture.begin_folder(), begin_of_nothing(), fixture.clock, never, fixture.failure);
  std::vector<Scalar> row;
  for (std::size_t i = 0; i <= largest_series_count; ++i) row.push_back({text("s", i), 0});

  EXPECT_THAT(problems_of([&] { journal.row(1, 0, row); }).at(0).message,
              HasSubstr("at most 65536 series; one more is 's65536'"));
}

TEST(JournalParts, OfWhichTheSecondReplacesTheEndOfTheFirstAreReadAsOne) {
  const Fixture fixture;
  std::string first;
  add_part(first, 1, 0);
  add_blob(first, JournalKind::begin, 0, "{}");
  const std::vector<JournalPoint> point{{0, 1}};
  add_row(first, {1, 0, 0}, point);
  const std::uint64_t durable = first.size() - journal_record_bytes;
  add_row(first, {2, 0, 0}, point);
  first.resize(first.size() - 5);  // never reached the disk as a whole
  std::string second;
  add_part(second, 2, durable);
  add_row(second, {2, 0, 0}, point);
  add_row(second, {3, 0, 0}, point);
  fixture.folder.write("a.1/journal.000001", first);
  fixture.folder.write("a.1/journal.000002", second);

  const auto journal = find_journal(fixture.folder.path(), 1);

  EXPECT_THAT(lines_of(journal->bytes),
              ElementsAre("8 {}", "row 1 of epoch 0: 0=1", "row 2 of epoch 0: 0=1", "row 3 of epoch 0: 0=1"));
  EXPECT_THAT(journal->problems, IsEmpty());
}

TEST(JournalParts, ThatAreNoneOrMissingAreNamed) {
  const Fixture fixture;
  std::string first;
  add_part(first, 1, 0);
  add_blob(first, JournalKind::begin, 0, "{}");
  std::string third;
  add_part(third, 3, 1U << 30U);
  fixture.folder.write("a.1/journal.000001", first);
  fixture.folder.write("a.1/journal.000002", "not one");
  fixture.folder.write("a.1/journal.000003", third);

  const auto journal = find_journal(fixture.folder.path(), 1);

  EXPECT_THAT(journal->problems, ElementsAre(HasSubstr("journal.000002: does not begin as part of a journal"),
                                             HasSubstr("before journal.000003, are missing")));
}

}  // namespace
}  // namespace assay::store
