#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/json_text.h"
#include "core/text.h"
#include "tests/runner/cli/support.h"

namespace assay::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(Explain, SaysWhereEveryValueCameFrom) {
  const Finished explained = run_assay({"explain", "configs/digits.yaml", "seed=3"});

  EXPECT_EQ(explained.exit_code, 0) << explained.err;
  EXPECT_THAT(explained.err, IsEmpty());
  EXPECT_THAT(explained.out, AllOf(HasSubstr("optimizer.lr"), HasSubstr("configs/digits.yaml:14:30"),
                                   HasSubstr("default of optimizer/adamw"), HasSubstr("override 1 (seed=3)"),
                                   HasSubstr("7 of configs/digits.yaml:5:7")));
}

TEST(Explain, OfOneKeySaysEverythingAboutIt) {
  const Finished explained =
      run_assay({"explain", "configs/digits.yaml", "optimizer.lr", "optimizer.lr=3e-4"});

  EXPECT_EQ(explained.exit_code, 0) << explained.err;
  EXPECT_THAT(
      explained.out,
      AllOf(HasSubstr("optimizer.lr = 0.0003\n"), HasSubstr("override 1 (optimizer.lr=3e-4)"),
            HasSubstr("0.001 of configs/digits.yaml:14:30"), HasSubstr("must be"), HasSubstr("above 0")));
}

TEST(Explain, OfASectionSaysWhatIsBelowIt) {
  const Finished explained = run_assay({"explain", "configs/digits.yaml", "optimizer"});

  EXPECT_THAT(explained.out,
              AllOf(HasSubstr("optimizer.type"), HasSubstr("optimizer.lr"), Not(HasSubstr("seed"))));
}

TEST(Explain, UnknownKeySuggestsTheClosestOne) {
  const Finished wrong = run_assay({"explain", "configs/digits.yaml", "optimizer.rl"});

  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_THAT(wrong.err,
              AllOf(HasSubstr("has no 'optimizer.rl'"), HasSubstr("did you mean 'optimizer.lr'?")));
}

TEST(Explain, FitsTheTerminal) {
  if (!has_terminals()) GTEST_SKIP() << "this system has no pseudo-terminals (is /dev/pts mounted?)";
  ProcessOptions options;
  options.variables = {{"NO_COLOR", "1"}};
  for (const int columns : {80, 120}) {
    options.terminal_columns = columns;
    for (const std::string& line :
         split(run_assay({"explain", "configs/digits.yaml", "seed=3"}, options).out, '\n'))
      EXPECT_LE(trim(line).size(), static_cast<std::size_t>(columns)) << line;
  }
}

TEST(Explain, AsJsonHasTheDeclaration) {
  const Json json = parse_json(
      run_assay({"explain", "configs/digits.yaml", "optimizer.lr", "optimizer.lr=1", "--format", "json"}).out,
      "json");

  EXPECT_EQ(json.find_path("0.key")->text(), "optimizer.lr");
  EXPECT_EQ(json.find_path("0.rule")->text(), "above 0");
  EXPECT_EQ(json.find_path("0.replaces.0.value")->real(), 0.001);
  EXPECT_FALSE(json.find_path("0.doc")->text().empty());
}

TEST(Explain, TellsWhatFilesAndPresetsReplaced) {
  const TemporaryFolder folder;
  folder.write("configs/optimizer/careful.yaml", "type: adamw\nlr: 1e-4\n");
  folder.write("base.yaml",
               "assay: 1\ndataset: digits\nmodel: {type: mlp, hidden: [8]}\noptimizer: sgd\n"
               "train: {until: 5 epochs}\n");
  const std::string config = folder.write(
      "c.yaml", "extends: base.yaml\nmodel: {hidden: [16]}\noptimizer: {type: careful, lr: 3e-4}\n");

  const Finished all = run_assay({"explain", config, "model.hidden=[32]"});

  EXPECT_EQ(all.exit_code, 0) << all.err;
  EXPECT_THAT(all.out,
              AllOf(HasSubstr(text("[16] of ", config, ":2:17, before it [8] of ")),
                    HasSubstr(text("0.0001 of ", folder / "configs/optimizer/careful.yaml", ":2:5"))));
  EXPECT_THAT(run_assay({"explain", config, "optimizer.type"}).out,
              HasSubstr(text("sgd of ", folder / "base.yaml", ":4:12")));
}

TEST(ShowMinimal, IsShortAndMeansTheSame) {
  const TemporaryFolder folder;
  const Finished minimal = run_assay({"show", "configs/digits.yaml", "optimizer=sgd", "--minimal"});
  ASSERT_EQ(minimal.exit_code, 0) << minimal.err;
  EXPECT_THAT(minimal.out, AllOf(HasSubstr("optimizer: sgd\n"), Not(HasSubstr("threads"))));

  const std::string copy = folder.write("copy.yaml", minimal.out);

  EXPECT_EQ(run_assay({"show", copy}).out, run_assay({"show", "configs/digits.yaml", "optimizer=sgd"}).out);
}

}  // namespace
}  // namespace assay::testing
