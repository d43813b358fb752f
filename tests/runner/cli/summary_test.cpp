// `assay check --summary` and what stops a run that cannot fit.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/json_text.h"
#include "tests/runner/cli/support.h"

namespace assay::testing {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* groups =
    R"(optimizer.groups=[{match: "*bias", weight_decay: 0}, {match: "layers.0.*", lr: 1e-4}])";

TEST(Summary, EveryLayerHasItsTypeShapesAndParameters) {
  const Finished check = run_assay({"check", "configs/digits.yaml", "--summary"});

  EXPECT_EQ(check.exit_code, 0) << check.err;
  EXPECT_THAT(check.out, AllOf(ContainsRegex("layers\\.0 +linear +\\[64\\] +\\[128\\] +8320\n"),
                               ContainsRegex("layers\\.0\\.activation +relu +\\[128\\] +\\[128\\] +-\n"),
                               ContainsRegex("total +26 122\n")));
}

TEST(Summary, EveryColumnOfATableHasItsTypeAndValues) {
  const Finished check = run_assay({"check", "configs/csv.yaml", "--summary"});

  EXPECT_EQ(check.exit_code, 0) << check.err;
  EXPECT_THAT(check.out, AllOf(ContainsRegex("column +use +type"),
                               ContainsRegex("species +target +name +3: setosa, versicolor, virginica\n")));
}

TEST(Summary, EveryGroupSaysWhatItTakesAndWhatItLeaves) {
  const Finished check = run_assay({"check", "configs/digits.yaml", "--summary", groups});

  EXPECT_EQ(check.exit_code, 0) << check.err;
  EXPECT_THAT(check.out,
              AllOf(HasSubstr("Groups of adamw\n"),
                    ContainsRegex("0 +\\*bias .*layers\\.0\\.bias, layers\\.1\\.bias"),
                    ContainsRegex("1 +layers\\.0\\.\\* .*layers\\.0\\.weight +8192 +layers\\.0\\.bias\n"),
                    ContainsRegex("rest .*layers\\.1\\.weight, layers\\.2\\.weight +17 664\n")));
}

TEST(Summary, SaysWhatIsFrozenAndUntilWhen) {
  const Finished check = run_assay({"check", "configs/digits.yaml", "--summary",
                                    R"(train.freeze=[{match: "layers.0.*", until: 2 epochs}])"});

  EXPECT_EQ(check.exit_code, 0) << check.err;
  EXPECT_THAT(check.out, HasSubstr("Frozen\n  layers.0.*, until 2 epochs: layers.0.weight, layers.0.bias\n"));
}

TEST(Summary, WithoutGroupsThereIsNoTableOfThem) {
  const Finished check = run_assay({"check", "configs/digits.yaml", "--summary"});
  EXPECT_THAT(check.out, AllOf(Not(HasSubstr("Groups")), HasSubstr("Memory, estimated")));
}

TEST(Summary, ProgramsGetGroupsAndBytes) {
  const Finished check = run_assay({"check", "configs/digits.yaml", groups, "--format", "json"});
  const Json json = parse_json(check.out, "check");

  ASSERT_EQ(json.find("groups")->items().size(), 3U);
  EXPECT_EQ(to_text(*json.find("groups")->items()[1].find("leaves")), R"(["layers.0.bias"])");
  EXPECT_EQ(json.find("memory_bytes")->find("gradients")->integer(), 26'122 * 4);
}

TEST(Memory, MoreThanThereIsIsAnErrorBeforeAnythingIsWritten) {
  const TemporaryFolder runs;

  const Finished run = run_assay({"run", "configs/digits.yaml", "model.hidden=[2000000, 2000000]",
                                  "device=cpu", "--runs", runs / "runs"});

  EXPECT_EQ(run.exit_code, 3);
  EXPECT_THAT(run.err, AllOf(HasSubstr("model (mlp) is so large that training takes about "),
                             HasSubstr("hint: make the model smaller")));
  EXPECT_THAT(run.out, IsEmpty());
}

}  // namespace
}  // namespace assay::testing
