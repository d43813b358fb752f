#include "runner/store/retention.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

CheckpointRow row(const std::string& file, const std::string& best_file = "") {
  CheckpointRow out;
  out.file = file;
  out.best_file = best_file;
  out.is_best = file == best_file;
  return out;
}

TEST(Retention, KeepsTheNewest) {
  const std::vector<CheckpointRow> rows{row("1"), row("2"), row("3")};

  EXPECT_THAT(droppable(rows, {.keep_last = 1}), ElementsAre("1", "2"));
  EXPECT_THAT(droppable(rows, {.keep_last = 2}), ElementsAre("1"));
  EXPECT_THAT(droppable(rows, {.keep_last = 9}), IsEmpty());
}

TEST(Retention, KeepsTheNewestBestBesideThem) {
  const std::vector<CheckpointRow> rows{row("1", "1"), row("2", "2"), row("3", "2"), row("4", "2")};

  EXPECT_THAT(droppable(rows, {.keep_last = 1, .keep_best = 1}), ElementsAre("1", "3"));
  EXPECT_THAT(droppable(rows, {.keep_last = 1, .keep_best = 2}), ElementsAre("3"));
}

TEST(Retention, KeepsTheBestWeightsOfEveryKeptCheckpoint) {
  const std::vector<CheckpointRow> rows{row("1", "1"), row("2", "1"), row("3", "3")};

  EXPECT_THAT(droppable(rows, {.keep_last = 2, .keep_best = 1}), IsEmpty());  // 2 needs 1
  EXPECT_THAT(droppable(rows, {.keep_last = 1, .keep_best = 1}), ElementsAre("1", "2"));
}

TEST(Retention, KeepsTheFinalOneWhateverCameLater) {
  std::vector<CheckpointRow> rows{row("1"), row("2")};
  rows[0].is_final = true;

  EXPECT_THAT(droppable(rows, {}), IsEmpty());
}

TEST(Retention, DropsWhatTheRunDidAgainAndNothingTwice) {
  std::vector<CheckpointRow> rows{row("1"), row("2"), row("3"), row("4")};
  rows[0].is_kept = false;
  rows[1].is_superseded = true;

  EXPECT_THAT(droppable(rows, {.keep_last = 2}), ElementsAre("2"));
}

}  // namespace
}  // namespace assay::store
