#include "runner/report/run_filter.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/json_text.h"
#include "core/text.h"
#include "tests/support/files.h"

namespace assay::report {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::problems_of;
using ::testing::StartsWith;
using testing::TemporaryFolder;

/// Three finished runs: a (oldest), b and c.
class Filter : public ::testing::Test {
 protected:
  void SetUp() override {
    add("a", R"({"model": {"type": "mlp", "hidden": [64, 64]}, "optimizer": {"type": "adamw", "lr": 0.001},
                 "train": {"until": "20 epochs"}, "deterministic": true})",
        R"({"valid/accuracy": 0.95, "valid/loss": 0.2})", R"(["baseline", "paper"])");
    add("b", R"({"model": {"type": "lenet"}, "optimizer": {"type": "sgd", "lr": 0.1, "momentum": 0.9},
                 "train": {"until": "5 epochs"}, "deterministic": false})",
        R"({"valid/accuracy": 0.85, "valid/loss": "nan"})", "[]");
    add("c", R"({"model": {"type": "mlp", "hidden": [32]}, "optimizer": {"type": "adamw", "lr": 0.01},
                 "train": {"until": "5 epochs"}, "note": "two words", "schedule": null})",
        R"({"valid/loss": 0.1})", R"(["paper"])");
  }

  /// The names of those for which it holds, in alphabetical order.
  std::vector<std::string> holding(const std::string& condition) const {
    const store::RunIndex index(runs_.path(), store::RunIndex::With::configs);
    const RunFields fields(index);
    const RunFilter filter(condition);
    filter.check(fields);
    std::vector<std::string> names;
    for (std::size_t i = 0; i < index.size(); ++i) {
      if (filter.matches(fields, i)) names.push_back(index.run(i).name);
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  std::string message_of(const std::string& condition) const {
    const auto problems = problems_of([&] { holding(condition); });
    return problems.empty() ? "" : problems.front().message;
  }

  TemporaryFolder runs_;

 private:
  void add(const std::string& name, const std::string& config, const std::string& last,
           const std::string& tags) const {
    runs_.write(
        name + "/1111111111/summary.json",
        text(R"({"status": "finished", "id": "1111111111", "name": ")", name, R"(", "seed": 7, "last": )",
             last, R"(, "tags": )", tags, R"(, "config": )", config, "}"));
  }
};

TEST_F(Filter, ComparesNumbersByValue) {
  EXPECT_THAT(holding("optimizer.lr < 1e-2"), ElementsAre("a"));
  EXPECT_THAT(holding("optimizer.lr<=0.010"), ElementsAre("a", "c"));
  EXPECT_THAT(holding("optimizer.lr >= 1e-2"), ElementsAre("b", "c"));
  EXPECT_THAT(holding("optimizer.lr = 1e-3"), ElementsAre("a"));
  EXPECT_THAT(holding("optimizer.lr == 1e-3"), ElementsAre("a"));
  EXPECT_THAT(holding("optimizer.lr > -1"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(holding("seed = 7"), ElementsAre("a", "b", "c"));
}

TEST_F(Filter, TakesMetricsWithAndWithoutThePrefix) {
  EXPECT_THAT(holding("metrics.valid/accuracy > 0.9"), ElementsAre("a"));
  EXPECT_THAT(holding("valid/accuracy > 0.9"), ElementsAre("a"));
}

TEST_F(Filter, AndBindsCloserThanOr) {
  EXPECT_THAT(holding("name = a or name = b and seed = 8"), ElementsAre("a"));
  EXPECT_THAT(holding("(name = a or name = b) and seed = 7"), ElementsAre("a", "b"));
  EXPECT_THAT(holding("not name = a and not (name = b)"), ElementsAre("c"));
  EXPECT_THAT(holding("not not name = a"), ElementsAre("a"));
}

TEST_F(Filter, WhatARunDoesNotHaveIsFalseInEveryComparison) {
  EXPECT_THAT(holding("optimizer.momentum > 0"), ElementsAre("b"));
  EXPECT_THAT(holding("optimizer.momentum != 0"), ElementsAre("b"));
  EXPECT_THAT(holding("not optimizer.momentum = 0.9"), ElementsAre("a", "c"));
  EXPECT_THAT(holding("optimizer.momentum is missing"), ElementsAre("a", "c"));
  EXPECT_THAT(holding("optimizer.momentum is not missing"), ElementsAre("b"));
  EXPECT_THAT(holding("schedule = null"), ElementsAre("a", "b", "c"));
}

TEST_F(Filter, ANameAloneHoldsWhereThereIsSuchAThing) {
  EXPECT_THAT(holding("deterministic"), ElementsAre("a"));
  EXPECT_THAT(holding("deterministic = false"), ElementsAre("b"));
  EXPECT_THAT(holding("optimizer.momentum"), ElementsAre("b"));
}

TEST_F(Filter, WhatIsNoNumberIsNeitherAboveNorBelow) {
  EXPECT_THAT(holding("valid/loss < 1 or valid/loss >= 1"), ElementsAre("a", "c"));
  EXPECT_THAT(holding("valid/loss = nan"), ElementsAre("b"));
}

TEST_F(Filter, ComponentsAreComparedByTheirType) {
  EXPECT_THAT(holding("model = mlp"), ElementsAre("a", "c"));
  EXPECT_THAT(holding("model in [lenet, resnet] or optimizer.type in (sgd)"), ElementsAre("b"));
  EXPECT_THAT(holding("model not in [mlp]"), ElementsAre("b"));
}

TEST_F(Filter, TextsGlobsListsAndTags) {
  EXPECT_THAT(holding("note = 'two words'"), ElementsAre("c"));
  EXPECT_THAT(holding("note ~ 'two*'"), ElementsAre("c"));
  EXPECT_THAT(holding("model.hidden = [64, 64]"), ElementsAre("a"));
  EXPECT_THAT(holding("'paper' in tags"), ElementsAre("a", "c"));
  EXPECT_THAT(holding("'paper' in tags and not 'baseline' in tags"), ElementsAre("c"));
}

TEST_F(Filter, QuantitiesOfOneUnitAreOrderedByAmount) {
  EXPECT_THAT(holding("train.until < '10 epochs'"), ElementsAre("b", "c"));
  EXPECT_THAT(holding("train.until = '20 epoch'"), ElementsAre("a"));
}

TEST_F(Filter, EmptyTextHoldsForAll) { EXPECT_THAT(holding(" "), ElementsAre("a", "b", "c")); }

TEST_F(Filter, UnknownNamesAreErrorsWithACaretAndASuggestion) {
  const auto problems = problems_of([&] { holding("seed = 7 and optimizer.lrr < 1"); });

  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].message,
            "--where: no run has 'optimizer.lrr'\n"
            "seed = 7 and optimizer.lrr < 1\n"
            "             ^");
  EXPECT_THAT(problems[0].hint, StartsWith("did you mean 'optimizer.lr'?"));
}

TEST_F(Filter, MistakesPointToTheirPlace) {
  const auto caret = [&](const std::string& condition) {
    const std::vector<std::string> lines = split(message_of(condition), '\n');
    return lines.size() == 3 ? std::to_string(lines[2].size() - 1) + ' ' + lines[0] : message_of(condition);
  };
  EXPECT_EQ(caret("seed <"), "6 --where: expected a value");
  EXPECT_EQ(caret("(seed = 7"), "0 --where: this bracket is not closed");
  EXPECT_EQ(caret("seed = 7)"), "8 --where: this bracket closes nothing");
  EXPECT_EQ(caret("name = 'a"), "7 --where: this quotation mark is not closed");
  EXPECT_EQ(caret("seed = 7 name = a"), "9 --where: expected `and`, `or` or the end");
  EXPECT_EQ(caret("name in mlp"), "8 --where: expected a list, as [mlp, lenet]");
  EXPECT_EQ(caret("name in [a b]"), "11 --where: expected a comma");
  EXPECT_EQ(caret("seed = 7 and or"), "13 --where: expected what to look at, as optimizer.lr");
  EXPECT_EQ(caret("= 7"), "0 --where: expected what to look at, as optimizer.lr");
  EXPECT_EQ(caret("name is gone"), "8 --where: expected `missing` or `not missing`");
  EXPECT_THAT(caret("optimizer.lr < abc"), StartsWith("13 --where: in "));
}

TEST_F(Filter, DeepNestingIsAnError) {
  EXPECT_THAT(message_of(std::string(100'000, '(')), StartsWith("--where: this is nested too deeply"));
}

TEST_F(Filter, HostileTextsAreShownHarmlessly) {
  EXPECT_THAT(message_of("a\x1b = 7"), HasSubstr("no run has 'a\\x1b'"));
}

TEST(FilterOfNoRuns, KnowsNoNamesAndComplainsOfNone) {
  const TemporaryFolder runs;
  const store::RunIndex index(runs.path(), store::RunIndex::With::configs);
  const RunFields fields(index);

  EXPECT_THAT(problems_of([&] { RunFilter("anything > 1").check(fields); }), IsEmpty());
}

}  // namespace
}  // namespace assay::report
