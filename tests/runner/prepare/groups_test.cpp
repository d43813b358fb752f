#include "runner/prepare/groups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/contracts/bound.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using preparing::match_groups;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// Two layers with a norm between them, and an optimizer of the test's.
class MatchGroups : public ::testing::Test {
 protected:
  MatchGroups() {
    prepared.tensors = {{"a.weight", {4, 2}}, {"a.bias", {4}},
                        {"bn.weight", {4}},   {"bn.mean", {4}, Dtype::f32, true},
                        {"b.weight", {3, 4}}, {"b.bias", {3}}};
  }
  void match(std::string_view optimizer) {
    experiment.optimizer = bound<Optimizer>(optimizer);
    match_groups(experiment, prepared, problems, warnings);
  }

  Experiment experiment;
  Prepared prepared;
  std::vector<Problem> problems;
  std::vector<Problem> warnings;
};

TEST_F(MatchGroups, WithoutGroupsAllIsTheRest) {
  match(R"("adam")");

  ASSERT_THAT(prepared.groups, SizeIs(1));
  EXPECT_THAT(prepared.groups[0].parameters, SizeIs(5));
  EXPECT_EQ(prepared.groups[0].weights, 31);
}

TEST_F(MatchGroups, EachTakesWhatItMatchesAndTheLastTheRest) {
  match(R"({"type": "adam", "groups": [{"match": ["bn*", "*bias"], "weight_decay": 0}]})");

  EXPECT_THAT(problems, IsEmpty());
  ASSERT_THAT(prepared.groups, SizeIs(2));
  EXPECT_THAT(prepared.groups[0].parameters, ElementsAre("a.bias", "bn.weight", "b.bias"));
  EXPECT_EQ(prepared.groups[0].weights, 11);
  EXPECT_THAT(prepared.groups[1].parameters, ElementsAre("a.weight", "b.weight"));
}

TEST_F(MatchGroups, TheFirstThatMatchesWins) {
  match(R"({"type": "sgd", "groups": [{"match": "a*"}, {"match": "*bias"}]})");

  EXPECT_THAT(prepared.groups[0].parameters, ElementsAre("a.weight", "a.bias"));
  EXPECT_THAT(prepared.groups[1].parameters, ElementsAre("b.bias"));
  EXPECT_THAT(prepared.groups[1].left_out, ElementsAre("a.bias"));
  EXPECT_THAT(warnings, IsEmpty());
}

TEST_F(MatchGroups, AGroupThatGetsNothingIsAWarning) {
  match(R"({"type": "sgd", "groups": [{"match": "*"}, {"match": "*bias"}]})");

  ASSERT_THAT(warnings, SizeIs(1));
  EXPECT_TRUE(warnings[0].is_warning);
  EXPECT_EQ(warnings[0].path, "optimizer.groups.1");
}

TEST_F(MatchGroups, EveryGlobThatMatchesNothingIsAProblem) {
  match(R"({"type": "sgd", "groups": [{"match": ["*bias", "*wieght"]}, {"match": "*mean"}]})");

  ASSERT_THAT(problems, SizeIs(2));
  EXPECT_EQ(problems[0].path, "optimizer.groups.0.match.1");
  EXPECT_EQ(problems[0].hint, "did you mean '*weight'?");
  EXPECT_EQ(problems[1].path, "optimizer.groups.1.match");
  EXPECT_THAT(problems[1].message, HasSubstr("only buffers"));
}

TEST_F(MatchGroups, WithoutShapesNothingIsKnown) {
  prepared.tensors.clear();
  match(R"({"type": "sgd", "groups": [{"match": "*"}]})");

  EXPECT_THAT(prepared.groups, IsEmpty());
  EXPECT_THAT(problems, IsEmpty());
}

}  // namespace
}  // namespace assay::testing
