#include "runner/sweep/extension.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/text.h"
#include "runner/sweep/replay.h"
#include "tests/runner/sweep/sweep_fixture.h"

namespace assay::testing {
namespace {

using sweep::Study;
using sweep::StudyFolder;
using sweep::Worker;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string tpe(const std::string& trials, const std::string& lr, const std::string& dropout) {
  return text("{sampler: {type: tpe, startup: 4}, trials: ", trials,
              ", sync: window, window: 4, objective: {metric: valid/loss}, space: {optimizer.lr: ", lr,
              ", model.dropout: ", dropout, "}}");
}

class SweepExtension : public SweepFixture {
 protected:
  std::unique_ptr<Study> extended(std::unique_ptr<Study> before, const std::string& section) {
    auto after = study_of(section);
    sweep::require_extension(*before, *after);
    after->put_before(std::move(before));
    return after;
  }
  std::vector<Problem> refusals(const std::string& before, const std::string& after) {
    const auto first = study_of(before);
    const auto second = study_of(after);
    return problems_of([&] { sweep::require_extension(*first, *second); });
  }

  const std::string narrow_ = tpe("12", "{loguniform: [1e-4, 1e-2]}", "{uniform: [0.1, 0.3]}");
  const std::string wide_ = tpe("24", "{loguniform: [1e-5, 1e-1]}", "{uniform: [0, 0.5]}");
};

TEST_F(SweepExtension, WhatWasThereStaysAsItIsWheneverTheStudyIsExtended) {
  const StudyFolder alone = new_folder("alone");
  work(*study_of(narrow_), alone);
  const auto expected = results(*study_of(narrow_), alone);
  for (const int n_before : {0, 5, 12}) {
    const StudyFolder folder = new_folder(text("after ", n_before));
    int n_done = 0;
    runner_.after_epoch = [&](const Experiment&, std::int64_t epoch) {
      if (epoch == FakeRunner::n_epochs && ++n_done == n_before) stop_ = true;
    };
    if (n_before > 0) work(*study_of(narrow_), folder);
    runner_.after_epoch = {};
    stop_ = false;

    const auto study = extended(study_of(narrow_), wide_);
    EXPECT_EQ(work(*study, folder), Worker::End::all_over);

    const auto all = results(*study, folder);
    ASSERT_THAT(all, SizeIs(24));
    for (const auto& [trial, result] : expected) EXPECT_EQ(all.at(trial), result) << n_before;
  }
}

TEST_F(SweepExtension, FurtherConfigurationsAreDrawnFromTheWiderSpace) {
  const std::string before = "{sampler: random, trials: 4, space: {optimizer.lr: {uniform: [1, 1.001]}}}";
  const std::string after = "{sampler: random, trials: 8, space: {optimizer.lr: {uniform: [1, 1000]}}}";
  const auto study = extended(study_of(before), after);

  EXPECT_EQ(study->propose(0, 3, {}), study_of(before)->propose(0, 3, {}));
  EXPECT_GT(study->propose(0, 4, {})[0], 1.001);
  EXPECT_EQ(study->revision_of(3).revision(), 1);
  EXPECT_EQ(study->revision_of(4).revision(), 2);
}

TEST_F(SweepExtension, AProposalSaysUnderWhichRevisionItWasMadeAndCanBeMadeAgain) {
  const StudyFolder folder = new_folder("study");
  work(*study_of(narrow_), folder);
  const auto study = extended(study_of(narrow_), wide_);
  work(*study, folder);
  sweep::Board board(*study, folder);
  board.refresh();

  const sweep::Replayed replayed = sweep::replay(*study, board);

  EXPECT_EQ(replayed.n_proposals, 24);
  EXPECT_THAT(replayed.differences, IsEmpty());
  EXPECT_EQ(board.proposal(0, 11)->revision, 1);
  EXPECT_EQ(board.proposal(0, 12)->revision, 2);
}

TEST_F(SweepExtension, AChoiceThatIsAppendedMayHoldDimensionsOfItsOwn) {
  const auto section = [](int trials, const std::string& more) {
    return text("{sampler: {type: tpe, startup: 4}, objective: {metric: valid/loss}, trials: ", trials,
                ", space: {optimizer: {choice: [{type: adamw, lr: {loguniform: [1e-4, 1e-2]}}", more,
                "]}, model.dropout: {uniform: [0, 0.5]}}}");
  };
  const std::string before = section(6, "");
  const std::string after =
      section(20, ", {type: sgd, lr: {loguniform: [1e-3, 1]}, momentum: {uniform: [0, 0.9]}}");
  const StudyFolder folder = new_folder("study");
  work(*study_of(before), folder);
  const auto expected = results(*study_of(before), folder);

  const auto study = extended(study_of(before), after);
  EXPECT_EQ(work_in_processes(*study, folder, 2), 0);

  const auto all = results(*study, folder);
  ASSERT_THAT(all, SizeIs(20));
  for (const auto& [trial, result] : expected) EXPECT_EQ(all.at(trial), result);
  std::string labels;
  for (const auto& [trial, result] : all) labels += result + '\n';
  EXPECT_THAT(labels, HasSubstr("type: sgd"));
  sweep::Board board(*study, folder);
  board.refresh();
  EXPECT_THAT(sweep::replay(*study, board).differences, IsEmpty());
}

TEST_F(SweepExtension, RefusesEverythingElseWithAPlace) {
  const auto random = [](const std::string& rest) { return text("{sampler: random, ", rest, "}"); };
  const std::string lr = "trials: 8, space: {optimizer.lr: {uniform: [1, 2]}}";
  const struct {
    std::string before, after, path, message;
  } cases[] = {
      {random(lr), random("trials: 9, space: {optimizer.lr: {uniform: [1, 1.5]}}"),
       "sweep.space.optimizer.lr.uniform", "does not hold all of [1, 2]"},
      {random(lr), random("trials: 9, space: {optimizer.lr: {loguniform: [1, 2]}}"),
       "sweep.space.optimizer.lr", "is {loguniform: [1, 2]}, but was {uniform: [1, 2]}"},
      {random(lr), random("trials: 8, space: {optimizer.lr: {uniform: [0.5, 2]}}"), "sweep.trials",
       "is 8, as before"},
      {random(lr), random("trials: 7, space: {optimizer.lr: {uniform: [1, 2]}}"), "sweep.trials",
       "the study has 8 configurations already"},
      {random(lr), random("trials: 9, seed: 1, space: {optimizer.lr: {uniform: [1, 2]}}"), "sweep.seed",
       "is 1, but was 0"},
      {random(lr),
       random("trials: 9, space: {optimizer.lr: {uniform: [1, 2]}, model.dropout: {uniform: [0, 0.5]}}"),
       "sweep.space.model.dropout", "is drawn, but was not"},
      {random(lr), random("trials: 9, space: {model.dropout: {uniform: [0, 0.5]}}"), "sweep.space",
       "does not draw optimizer.lr"},
      {random("trials: 8, space: {model.hidden: {choice: [[8], [16]]}}"),
       random("trials: 9, space: {model.hidden: {choice: [[16], [8], [32]]}}"),
       "sweep.space.model.hidden.choice.0.0", "is 16, but was 8"},
      {random("trials: 8, space: {train.batch_size: {integer: [16, 64], step: 16}}"),
       random("trials: 9, space: {train.batch_size: {integer: [8, 64], step: 16}}"),
       "sweep.space.train.batch_size.integer", "does not hold all of"},
      {"{space: {model.dropout: {choice: [0, 0.1]}}}", "{space: {model.dropout: {choice: [0, 0.1, 0.2]}}}",
       "sweep.space", "tries all of a space"},
  };
  for (const auto& one : cases) {
    const std::vector<Problem> problems = refusals(one.before, one.after);
    ASSERT_FALSE(problems.empty()) << one.after;
    EXPECT_EQ(problems[0].path, one.path);
    EXPECT_THAT(problems[0].message, HasSubstr(one.message));
    EXPECT_TRUE(problems[0].where.is_known()) << one.after;
    EXPECT_FALSE(problems[0].hint.empty());
  }
}

}  // namespace
}  // namespace assay::testing
