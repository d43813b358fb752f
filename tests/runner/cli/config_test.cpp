#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/json_text.h"
#include "tests/runner/cli/support.h"

namespace assay::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* five_mistakes = R"(assay: 1
dataset: digits
model: {type: mlp, hiden: [128]}
optimizer: {type: adamv, lr: 0.1}
train: {batch_size: 0, until: 20}
evaluate: {every: sometimes}
)";

TEST(Check, SaysWhatItChecked) {
  const Finished check = run_assay({"check", "configs/digits.yaml"});

  EXPECT_EQ(check.exit_code, 0) << check.err;
  EXPECT_THAT(check.err, IsEmpty());
  EXPECT_THAT(check.out,
              AllOf(StartsWith("ok  configs/digits.yaml\n"), HasSubstr("train"), HasSubstr("parameters")));
}

TEST(Check, SummaryIsATableOfLayersWithTheirSum) {
  const Finished check = run_assay({"check", "configs/digits.yaml", "--summary"});

  EXPECT_EQ(check.exit_code, 0) << check.err;
  EXPECT_THAT(check.out, AllOf(HasSubstr("layer"), HasSubstr("total")));
}

TEST(Check, ReportsFiveMistakesAtOnceEachWithItsPlace) {
  const TemporaryFolder folder;
  folder.write("five.yaml", five_mistakes);
  ProcessOptions options;
  options.folder = folder.path();

  const Finished check = run_assay({"check", "five.yaml"}, options);

  EXPECT_EQ(check.exit_code, 3);
  EXPECT_THAT(check.out, IsEmpty());
  for (const char* place : {"five.yaml:3:", "five.yaml:4:", "five.yaml:5:", "five.yaml:6:"}) {
    EXPECT_THAT(check.err, HasSubstr(place));
  }
  EXPECT_THAT(check.err, HasSubstr("\n5 errors\n"));
}

TEST(Check, FindsThePresetsThatComeWithAssayFromEveryFolder) {
  const TemporaryFolder folder;
  folder.write("mine.yaml", R"(assay: 1
dataset: digits
model: linear
optimizer: sgd
train: {until: 1 epoch}
)");
  ProcessOptions options;
  options.folder = folder.path();

  const Finished check = run_assay({"check", "mine.yaml", "--summary"}, options);

  EXPECT_EQ(check.exit_code, 0) << check.err;
  EXPECT_THAT(check.out, HasSubstr("layers.1"));
}

TEST(Check, ShowsABrokenLineOfDataOnce) {
  const TemporaryFolder folder;
  folder.write("t.csv", "area,price\n120,410\n80,cheap\n");
  const std::string config = folder.write(
      "c.yaml",
      "assay: 1\ndataset: {type: csv, file: t.csv, target: price, task: regression}\nmodel: mlp\n"
      "optimizer: adam\ntrain: {until: 1 epoch}\n");

  const std::string err = run_assay({"check", config}).err;
  const Finished json = run_assay({"check", config, "--format", "json"});

  EXPECT_THAT(err, AllOf(HasSubstr("3 | 80,cheap\n"), Not(HasSubstr("row:"))));
  EXPECT_THAT(json.out, AllOf(HasSubstr("\"80,cheap\""), Not(HasSubstr("row:"))));
}

TEST(Check, NamesTheOverrideBehindALayerThatDoesNotFit) {
  const TemporaryFolder folder;
  const std::string config = folder.write(
      "c.yaml",
      "assay: 1\ndataset: digits\noptimizer: adam\ntrain: {until: 1 epoch}\n"
      "model: {type: sequential, layers: [{type: conv2d, channels: 4, kernel: 3}, flatten, linear]}\n");

  const Finished check = run_assay({"check", config, "seed=2", "model.layers.0.kernel=9"});

  EXPECT_EQ(check.exit_code, 3);
  EXPECT_THAT(check.err, AllOf(HasSubstr("c.yaml:5:"),
                               HasSubstr("note: changed by override 2 (model.layers.0.kernel=9)"),
                               Not(HasSubstr("seed=2"))));
}

TEST(RunsFolder, AFileIsNotOne) {
  const TemporaryFolder folder;
  const std::string file = folder.write("file", "");
  for (const std::string& runs : {file, file + "/x"}) {
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"run", "configs/digits.yaml"}, {"runs", "list"}}) {
      std::vector<std::string> all = words;
      all.insert(all.end(), {"--runs", runs});
      const Finished refused = run_assay(all);
      EXPECT_EQ(refused.exit_code, 5) << refused.err;
      EXPECT_THAT(refused.err, AllOf(HasSubstr(file), HasSubstr("is a file"), HasSubstr("hint: ")));
    }
  }
}

TEST(Check, GivesProblemsAsJsonOnStdout) {
  const TemporaryFolder folder;

  const Finished check = run_assay({"check", folder.write("five.yaml", five_mistakes), "--format", "json"});
  const Json json = parse_json(check.out, "check");

  EXPECT_EQ(check.exit_code, 3);
  EXPECT_FALSE(json.find("ok")->boolean());
  ASSERT_EQ(json.find("problems")->items().size(), 5U);
  EXPECT_EQ(json.find_path("problems.0.line")->integer(), 3);
}

TEST(Check, GivesItsFindingsAsJson) {
  const Json json = parse_json(run_assay({"check", "configs/digits.yaml", "--format", "json"}).out, "check");

  EXPECT_TRUE(json.find("ok")->boolean());
  EXPECT_GT(json.find_path("rows.train")->integer(), 0);
  EXPECT_GT(json.find("parameters")->integer(), 0);
}

TEST(Check, UnknownComponentSuggestsTheClosestOne) {
  const Finished check = run_assay({"check", "configs/digits.yaml", "optimizer=adamv"});

  EXPECT_EQ(check.exit_code, 3);
  EXPECT_THAT(check.err,
              AllOf(StartsWith("override 1 (optimizer=adamv): error:"), HasSubstr("did you mean 'adam")));
}

TEST(Check, NumbersOverridesAsTheyWereTyped) {
  const Finished check = run_assay({"check", "configs/digits.yaml", "seed=3", "train.batch_size=0"});

  EXPECT_EQ(check.exit_code, 3);
  EXPECT_THAT(check.err, StartsWith("override 2 (train.batch_size=0): error:"));
}

TEST(Check, MissingFileIsOneProblem) {
  const Finished check = run_assay({"check", "configs/nowhere.yaml"});

  EXPECT_EQ(check.exit_code, 3);
  EXPECT_THAT(check.err, StartsWith("configs/nowhere.yaml: error: "));
}

TEST(Show, IsAConfigThatMeansTheSame) {
  const TemporaryFolder folder;
  const Finished show = run_assay({"show", "configs/digits.yaml"});
  ASSERT_EQ(show.exit_code, 0) << show.err;
  const std::string copy = folder.write("copy.yaml", show.out);

  EXPECT_EQ(run_assay({"show", copy}).out, show.out);
  EXPECT_EQ(run_assay({"check", copy}).exit_code, 0);
}

TEST(Show, WithSourcesIsStillThatConfig) {
  const TemporaryFolder folder;
  const Finished sourced = run_assay({"show", "configs/digits.yaml", "seed=3", "--sources"});
  ASSERT_EQ(sourced.exit_code, 0) << sourced.err;
  EXPECT_THAT(sourced.out, HasSubstr("# override 1 (seed=3)"));
  const std::string copy = folder.write("copy.yaml", sourced.out);

  EXPECT_EQ(run_assay({"show", copy}).out, run_assay({"show", "configs/digits.yaml", "seed=3"}).out);
}

TEST(Show, AsJsonCanBeRead) {
  const Json json = parse_json(run_assay({"show", "configs/digits.yaml", "--format", "json"}).out, "show");

  EXPECT_EQ(json.find_path("dataset.type")->text(), "digits");
}

}  // namespace
}  // namespace assay::testing
