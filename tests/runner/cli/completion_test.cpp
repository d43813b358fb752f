#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/files.h"
#include "core/text.h"
#include "tests/runner/cli/support.h"

namespace assay::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// What the last of these words may become, without the docs.
std::vector<std::string> completions(std::vector<std::string> words) {
  words.insert(words.begin(), {"complete", "--"});
  const Finished done = run_assay(words);
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_THAT(done.err, IsEmpty());
  std::vector<std::string> out;
  for (const std::string& line : split(trim(done.out), '\n')) {
    if (!line.empty()) out.push_back(line.substr(0, line.find('\t')));
  }
  return out;
}

TEST(Complete, Commands) {
  EXPECT_THAT(completions({""}), AllOf(Contains("run"), Contains("runs"), Not(Contains("complete"))));
  EXPECT_THAT(completions({"exp"}), ElementsAre("explain", "export"));
  EXPECT_THAT(completions({"runs", ""}), AllOf(Contains("list"), Contains("show"), Not(Contains("run"))));
  EXPECT_THAT(completions({"new", "c"}), ElementsAre("config"));
}

TEST(Complete, OptionsAndTheirValues) {
  EXPECT_THAT(completions({"show", "configs/digits.yaml", "--s"}), ElementsAre("--sources"));
  EXPECT_THAT(completions({"show", "--format", ""}), ElementsAre("yaml", "json"));
  EXPECT_THAT(completions({"completion", ""}), ElementsAre("bash", "zsh", "fish"));
  EXPECT_THAT(completions({"new", "config", "re"}), ElementsAre("regression"));
}

TEST(Complete, KeysOfTheConfigThatIsNamed) {
  EXPECT_THAT(completions({"run", "configs/digits.yaml", "model.dr"}), ElementsAre("model.dropout="));
  EXPECT_THAT(completions({"run", "configs/digits.yaml", "model=lenet", "model.dr"}), Not(IsEmpty()));
  EXPECT_THAT(completions({"run", "configs/digits.yaml", "optimizer=sgd", "optimizer.mom"}),
              ElementsAre("optimizer.momentum="));
  EXPECT_THAT(completions({"explain", "configs/digits.yaml", "optimizer.l"}), Contains("optimizer.lr"));
  EXPECT_THAT(completions({"run", "configs/digits.yaml", "--unset", "sche"}), Contains("schedule"));
}

TEST(Complete, ComponentsAndValues) {
  EXPECT_THAT(completions({"run", "configs/digits.yaml", "model=ml"}), ElementsAre("model=mlp"));
  EXPECT_THAT(completions({"run", "configs/digits.yaml", "evaluate.test=n"}),
              ElementsAre("evaluate.test=never"));
  EXPECT_THAT(completions({"describe", "adamw"}), ElementsAre("adamw"));
  EXPECT_THAT(completions({"list", "opt"}), ElementsAre("optimizer"));
}

TEST(Complete, FilesAreLeftToTheShell) { EXPECT_THAT(completions({"run", "conf"}), IsEmpty()); }

TEST(Complete, NeverFails) {
  for (const std::vector<std::string>& words : {std::vector<std::string>{"rnu", ""},
                                                {"run", "nowhere.yaml", "model.hid"},
                                                {"run", "--what", ""},
                                                {"run", "configs/digits.yaml", "model=[", "model."},
                                                {"--help"},
                                                {"run", "--help", ""}})
    completions(words);
  EXPECT_EQ(run_assay({"complete"}).exit_code, 0);
}

TEST(Complete, SaysWhatAKeyMeans) {
  EXPECT_THAT(run_assay({"complete", "--", "run", "configs/digits.yaml", "seed"}).out,
              HasSubstr("seed=\tof every random stream"));
}

/// What bash's completion makes of a line, with the script that assay prints.
std::string in_bash(const std::string& line) {
  const std::string script =
      "assay() { :; }; source <(\"$ASSAY_BINARY\" completion bash); COMP_LINE=\"$ASSAY_BINARY $1\"; "
      "COMP_POINT=${#COMP_LINE}; _assay; printf '%s\\n' \"${COMPREPLY[@]}\"";
  ProcessOptions options;
  options.folder = source_folder();
  options.variables = {{"ASSAY_BINARY", binary()}};
  const Finished done = run_process({"/bin/bash", "-c", script, "bash", line}, options);
  EXPECT_THAT(done.err, IsEmpty());
  return done.out;
}

TEST(Completion, InBashKnowsThatItBreaksWordsAtEqualsSigns) {
  if (!exists("/bin/bash")) GTEST_SKIP() << "there is no /bin/bash";

  EXPECT_EQ(in_bash("comple"), "completion\n");
  EXPECT_EQ(in_bash("run configs/digits.yaml optimizer.weight"), "optimizer.weight_decay=\n");
  EXPECT_EQ(in_bash("run configs/digits.yaml evaluate.test=n"), "never\n");
  EXPECT_THAT(in_bash("runs "), HasSubstr("list\nshow\n"));
  EXPECT_EQ(in_bash("run conf"), "\n");
}

TEST(Completion, HasAScriptForEveryShell) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const Finished script = run_assay({"completion", shell});
    EXPECT_EQ(script.exit_code, 0);
    EXPECT_THAT(script.out, HasSubstr(" complete -- ")) << shell;
  }
}

}  // namespace
}  // namespace assay::testing
