#include "runner/store/journal_reader.h"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Rows of steps 1 to n, with a text before each.
std::string example(int n) {
  std::string bytes;
  for (int step = 1; step <= n; ++step) {
    add_blob(bytes, JournalKind::event, 0,
             R"({"step":1,"kind":"evaluated","message":"a text of some length"})");
    const std::vector<JournalPoint> points{{0, 0.5 * step}, {1, 2.0 * step}};
    add_row(bytes, {step, 0, 7}, points);
  }
  return bytes;
}

constexpr std::size_t row_bytes = 3 * journal_record_bytes;
const std::size_t step_bytes = example(1).size();

std::vector<std::int64_t> steps_of(JournalScan& scan) {
  std::vector<std::int64_t> steps;
  while (const auto item = scan.next()) {
    if (item->kind == JournalKind::row) steps.push_back(item->row.step);
  }
  return steps;
}

TEST(JournalScan, GivesWhatWasWritten) {
  const std::string bytes = example(2);
  JournalScan scan(bytes);

  const auto first = scan.next();
  const auto second = scan.next();

  EXPECT_EQ(first->kind, JournalKind::event);
  EXPECT_EQ(first->payload, R"({"step":1,"kind":"evaluated","message":"a text of some length"})");
  EXPECT_EQ(second->at, step_bytes - row_bytes);
  EXPECT_EQ(second->wall_ns, 7);
  EXPECT_EQ(second->n_points(), 2U);
  EXPECT_EQ(second->point(1).series, 1);
  EXPECT_EQ(second->point(1).value, 2);
  EXPECT_THAT(steps_of(scan), ElementsAre(2));
  EXPECT_THAT(scan.damage(), IsEmpty());
  EXPECT_EQ(scan.torn_bytes(), 0U);
}

TEST(JournalScan, TornEndIsNoDamage) {
  const std::string bytes = example(3);
  for (std::size_t cut = 1; cut < row_bytes; ++cut) {
    JournalScan scan(std::string_view(bytes).substr(0, bytes.size() - cut));

    EXPECT_THAT(steps_of(scan), ElementsAre(1, 2)) << cut;
    EXPECT_THAT(scan.damage(), IsEmpty());
    EXPECT_EQ(scan.torn_bytes(), row_bytes - cut);
  }
}

TEST(JournalScan, EveryFlippedBitCostsItsRecordAndNoOther) {
  const std::string good = example(3);
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string bytes = good;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
    const std::size_t at = bit / 8 % step_bytes;
    const auto step = static_cast<std::int64_t>(bit / 8 / step_bytes) + 1;
    const bool is_in_row = at >= step_bytes - row_bytes;
    JournalScan scan(bytes);

    std::vector<std::int64_t> expected{1, 2, 3};
    if (is_in_row) std::erase(expected, step);
    ASSERT_EQ(steps_of(scan), expected) << bit;
    const bool is_last = is_in_row && step == 3;
    ASSERT_EQ(scan.damage().size(), is_last ? 0U : 1U) << bit;
    ASSERT_EQ(scan.torn_bytes() > 0, is_last) << bit;
  }
}

TEST(JournalScan, ZerosAreNoRecords) {
  const std::string bytes = example(1) + std::string(4096, '\0') + example(1);
  JournalScan scan(bytes);

  EXPECT_THAT(steps_of(scan), ElementsAre(1, 1));
  ASSERT_EQ(scan.damage().size(), 1U);
  EXPECT_EQ(scan.damage()[0].at, step_bytes);
  EXPECT_EQ(scan.damage()[0].bytes, 4096U);
}

TEST(JournalScan, LengthsBeyondTheFileAreNotBelieved) {
  for (const std::int64_t length : {std::int64_t{-1}, std::int64_t{1} << 62, std::int64_t{1000}}) {
    std::string bytes;
    add_blob(bytes, JournalKind::event, 0, "{}");
    bytes.replace(8, sizeof length, reinterpret_cast<const char*>(&length), sizeof length);
    bytes += example(1);
    JournalScan scan(bytes);

    EXPECT_THAT(steps_of(scan), ElementsAre(1)) << length;
  }
}

/// Forged so that each record claims all that follows it: looking through that must not take forever.
TEST(JournalScan, ForgedLengthsCostLittle) {
  std::string bytes(1U << 22U, '\0');
  for (std::size_t at = 0; at < bytes.size(); at += journal_record_bytes) {
    const auto length = static_cast<std::int64_t>(bytes.size() - at - journal_record_bytes);
    bytes[at + 4] = static_cast<char>(JournalKind::event);
    bytes.replace(at + 8, sizeof length, reinterpret_cast<const char*>(&length), sizeof length);
  }
  JournalScan scan(bytes);

  EXPECT_THAT(steps_of(scan), IsEmpty());
}

TEST(JournalScan, NoiseIsNoJournal) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 100; ++round) {
    std::string bytes(4096 + random() % 64, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    JournalScan scan(bytes);

    EXPECT_FALSE(scan.next());
  }
}

}  // namespace
}  // namespace assay::store
