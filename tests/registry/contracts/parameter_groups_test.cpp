#include "registry/contracts/parameter_groups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/json_text.h"
#include "registry/contracts/families.h"
#include "registry/registry.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

struct SlideParams {
  double lr = 0.5;
  double momentum = 0.0;
  bool looks_ahead = false;
  ParameterGroups<SlideParams> groups;

  static void describe(Fields<SlideParams>& f) {
    f.about("Slides down.");
    f("lr", &SlideParams::lr, "step size", positive, was("rate"));
    f("momentum", &SlideParams::momentum, "what is kept", fraction);
    f("looks_ahead", &SlideParams::looks_ahead, "along the momentum");
    describe_groups(f);
    f.check("looks_ahead has a momentum",
            [](const SlideParams& p) { return !p.looks_ahead || p.momentum > 0; });
  }
  std::int64_t state_per_weight() const { return momentum > 0 ? 1 : 0; }
};

struct PlainParams {  // an optimizer without groups, which does not say what it keeps
  static void describe(Fields<PlainParams>& f) { f.about("Plain."); }
};

const Registry& registry() {
  static const Registry made = [] {
    Registry registry;
    add_families(registry);
    registry.declare<SlideParams>(family::optimizer, "slide");
    registry.declare<PlainParams>(family::optimizer, "plain");
    return registry;
  }();
  return made;
}

Slot<Optimizer> bound(std::string_view json) {
  const auto file = std::make_shared<const std::string>("c.yaml");
  return registry().bind<Optimizer>(to_value(parse_json(json, "test"), Where::file(file, 1, 1)), "optimizer");
}

const SlideParams& params_of(const Slot<Optimizer>& slot) {
  return *static_cast<const SlideParams*>(slot.params());
}

std::vector<GroupOutline> outlines_of(const Slot<Optimizer>& slot) {
  return std::any_cast<OptimizerFacet>(slot.component().facet).groups(slot.params());
}

Problem the_problem_with(std::string_view json) {
  const auto problems = problems_of([&] { bound(json); });
  EXPECT_THAT(problems, SizeIs(1));
  return problems.empty() ? Problem{} : problems.front();
}

TEST(ParameterGroups, AGroupHasTheOptimizersValuesWhereItGivesNone) {
  const auto slot = bound(R"({"type": "slide", "lr": 0.1, "momentum": 0.9, "groups": [
                              {"match": ["*bias"], "lr": 0.2}]})");

  const SlideParams inside = in_group(params_of(slot).groups[0], params_of(slot));

  EXPECT_EQ(inside.lr, 0.2);
  EXPECT_EQ(inside.momentum, 0.9);
}

TEST(ParameterGroups, OrderOfKeysDoesNotMatter) {
  const auto slot = bound(R"({"type": "slide", "groups": [{"lr": 0.2, "match": "*bias"}], "momentum": 0.9})");
  EXPECT_EQ(in_group(params_of(slot).groups[0], params_of(slot)).momentum, 0.9);
}

TEST(ParameterGroups, OneGlobMayStandWithoutBrackets) {
  const auto slot = bound(R"({"type": "slide", "groups": [{"match": "*bias"}]})");
  EXPECT_THAT(params_of(slot).groups[0].match.items, ElementsAre("*bias"));
}

TEST(ParameterGroups, TheResolvedFormHoldsWhatWasGivenAlone) {
  const auto slot = bound(R"({"type": "slide", "groups": [{"match": "*bias", "momentum": 0.5}]})");
  const Json written = slot.to_json();
  EXPECT_EQ(to_text(*written.find("groups")), R"([{"match":["*bias"],"momentum":0.5}])");
}

TEST(ParameterGroups, OldNamesOfParametersWorkInGroups) {
  const auto warnings = problems_of(
      [] { bound(R"({"type": "slide", "groups": [{"match": "*bias", "rate": 0.2}], "mementum": 1})"); });
  ASSERT_THAT(warnings, SizeIs(2));
  EXPECT_TRUE(warnings[0].is_warning);
  EXPECT_EQ(warnings[0].path, "optimizer.groups.0.rate");
}

TEST(ParameterGroups, UnknownKeySuggestsTheClosestOne) {
  const Problem problem =
      the_problem_with(R"({"type": "slide", "groups": [{"match": "*bias", "momentm": 0}]})");
  EXPECT_EQ(problem.path, "optimizer.groups.0.momentm");
  EXPECT_EQ(problem.hint, "did you mean 'momentum'? known: match, lr, momentum, looks_ahead");
}

TEST(ParameterGroups, ValuesObeyTheOptimizersRules) {
  const Problem problem = the_problem_with(R"({"type": "slide", "groups": [{"match": "*bias", "lr": -1}]})");
  EXPECT_EQ(problem.path, "optimizer.groups.0.lr");
  EXPECT_EQ(problem.message, "is -1, must be above 0");
}

TEST(ParameterGroups, RulesOverSeveralFieldsHoldInEveryGroup) {
  const Problem problem =
      the_problem_with(R"({"type": "slide", "momentum": 0.9, "looks_ahead": true, "groups": [
                                               {"match": "*weight"}, {"match": "*bias", "momentum": 0}]})");
  EXPECT_EQ(problem.path, "optimizer.groups.1");
  EXPECT_EQ(problem.message, ": it must hold that looks_ahead has a momentum");
}

TEST(ParameterGroups, AGroupSaysWhatItMatches) {
  const Problem problem = the_problem_with(R"({"type": "slide", "groups": [{"lr": 1}]})");
  EXPECT_EQ(problem.path, "optimizer.groups.0.match");
  EXPECT_EQ(problem.message, "is missing");
}

TEST(ParameterGroups, GlobsAreNotEmpty) {
  EXPECT_EQ(the_problem_with(R"({"type": "slide", "groups": [{"match": []}]})").message,
            "is a list, must be not empty");
  EXPECT_EQ(the_problem_with(R"({"type": "slide", "groups": [{"match": ""}]})").path,
            "optimizer.groups.0.match");
  EXPECT_EQ(the_problem_with(R"({"type": "slide", "groups": [{"match": ["a", ""]}]})").path,
            "optimizer.groups.0.match.1");
}

TEST(ParameterGroups, GroupsHaveNoGroups) {
  EXPECT_THAT(the_problem_with(R"({"type": "slide", "groups": [{"match": "*", "groups": []}]})").message,
              HasSubstr("unknown key"));
}

TEST(ParameterGroups, AnOptimizerWithoutGroupsTakesNone) {
  EXPECT_THAT(the_problem_with(R"({"type": "plain", "groups": []})").message, HasSubstr("unknown key"));
}

TEST(ParameterGroups, OutlinesEndWithTheRest) {
  const auto outlines =
      outlines_of(bound(R"({"type": "slide", "groups": [{"match": "*bias", "momentum": 0.5}]})"));

  ASSERT_THAT(outlines, SizeIs(2));
  EXPECT_THAT(outlines[0].match.items, ElementsAre("*bias"));
  EXPECT_EQ(outlines[0].values, parse_json(R"({"momentum": 0.5})", "test"));
  EXPECT_EQ(outlines[0].state_per_weight, 1);
  EXPECT_THAT(outlines[1].match.items, SizeIs(0));
  EXPECT_EQ(outlines[1].state_per_weight, 0);
}

TEST(ParameterGroups, WhatIsNotDeclaredIsNotKnown) {
  const auto outlines = outlines_of(bound(R"("plain")"));
  ASSERT_THAT(outlines, SizeIs(1));
  EXPECT_EQ(outlines[0].state_per_weight, std::nullopt);
}

// ---- Globs

const std::vector<std::string> names = {"layers.0.weight", "layers.0.bias", "layers.1.bn.weight"};

TEST(Globs, AMisspeltWordIsReplacedByTheClosestOne) {
  EXPECT_EQ(suggest_glob("*wieght", names), "did you mean '*weight'?");
  EXPECT_EQ(suggest_glob("layer.0.*", names), "did you mean 'layers.0.*'?");
}

TEST(Globs, AWordThatIsOnlyPartOfANameGetsItsStars) {
  EXPECT_EQ(suggest_glob("bias", names), "did you mean '*bias'?");
  EXPECT_EQ(suggest_glob("layers.1", names), "did you mean 'layers.1*'?");
  EXPECT_EQ(suggest_glob("bn", names), "did you mean '*bn*'?");
}

TEST(Globs, WithoutAnythingNearTheNamesAreListed) {
  EXPECT_EQ(suggest_glob("*attention*", names),
            "the model has layers.0.weight, layers.0.bias, layers.1.bn.weight");
}

TEST(Globs, OfManyNamesSomeAreListed) {
  std::vector<std::string> many;
  for (int i = 0; i < 50; ++i) many.push_back("layers." + std::to_string(i) + ".weight");
  EXPECT_THAT(suggest_glob("*attention*", many), StartsWith("the model has layers.0.weight, "));
  EXPECT_THAT(suggest_glob("*attention*", many), HasSubstr("... (50 in all)"));
}

std::vector<TensorOutline> tensors() {
  return {{"bn.weight", {3}, Dtype::f32, false}, {"bn.running_mean", {3}, Dtype::f32, true}};
}

TEST(UnmatchedGlobs, AreThoseThatMatchNoParameter) {
  const std::vector<GroupOutline> groups{GroupOutline{Globs{{"bn*", "*bias"}}}, GroupOutline{}};
  const auto problems = unmatched_globs(groups, tensors(), "optimizer");

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].path, "optimizer.groups.0.match.1");
  EXPECT_EQ(problems[0].message, "is '*bias', which matches no parameter of the model");
}

TEST(UnmatchedGlobs, BuffersAreNoParameters) {
  const std::vector<GroupOutline> groups{GroupOutline{Globs{{"*running_mean"}}}};
  const auto problems = unmatched_globs(groups, tensors(), "optimizer");

  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].path, "optimizer.groups.0.match");
  EXPECT_THAT(problems[0].message, HasSubstr("only buffers, which are not trained"));
}

}  // namespace
}  // namespace assay::testing
