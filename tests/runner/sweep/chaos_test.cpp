// Workers that die at any instant, within a trial or between two. tests/crash/sweep_chaos.py does the same to
// the whole program.
#include <csignal>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "runner/store/read_record.h"
#include "tests/runner/sweep/sweep_fixture.h"

namespace assay::testing {
namespace {

using sweep::StudyFolder;
using ::testing::IsEmpty;

constexpr const char* tpe =
    "{sampler: {type: tpe, startup: 4}, trials: 24, sync: window, window: 4, objective: {metric: "
    "valid/loss}, "
    "retry: {lost: 1000}, space: {optimizer.lr: {loguniform: [1e-5, 1e-1]}, model.dropout: {uniform: [0, "
    "0.5]}}}";

class SweepChaos : public SweepFixture {};

TEST_F(SweepChaos, KilledAtAnyInstantItLosesNothingAndDoublesNothing) {
  const auto study = study_of(tpe);
  const StudyFolder undisturbed = new_folder("undisturbed");
  work(*study, undisturbed);
  const auto expected = results(*study, undisturbed);

  const StudyFolder folder = new_folder("killed");
  int n_rounds = 0;
  const auto die_soon = [] {
    std::random_device random;
    std::signal(SIGALRM, SIG_DFL);
    ::ualarm(1000 + random() % 60'000, 0);
  };
  for (; n_rounds < 40; ++n_rounds) {
    sweep::Board board(*study, folder);
    board.refresh();
    if (board.are_all_over()) break;
    // Workers that die before they find a trial end the round: the next one begins as a new submitter does.
    work_in_processes(*study, folder, 4, die_soon, /*says_of_crashes=*/n_rounds % 2 == 0);
  }
  EXPECT_EQ(work_in_processes(*study, folder, 4), 0);

  EXPECT_GT(n_crashes_, 3);
  EXPECT_EQ(results(*study, folder), expected);
  for (sweep::Trial trial = 0; trial < 24; ++trial)
    EXPECT_THAT(store::check_run(folder.trial(trial)), IsEmpty()) << trial;
}

}  // namespace
}  // namespace assay::testing
