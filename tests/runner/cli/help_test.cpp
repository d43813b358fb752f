#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/text.h"
#include "runner/cli/command.h"
#include "tests/runner/cli/support.h"

namespace assay::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(Help, NamesEveryCommandAndWhereToStart) {
  const Finished help = run_assay({"--help"});

  EXPECT_EQ(help.exit_code, 0);
  EXPECT_THAT(help.err, IsEmpty());
  EXPECT_THAT(help.out, AllOf(HasSubstr("assay run configs/digits.yaml"), HasSubstr("docs/")));
  for (const cli::CommandInfo& command : cli::commands()) {
    if (command.is_hidden) continue;
    EXPECT_THAT(help.out, HasSubstr("  " + command.name + "  "));
  }
  EXPECT_THAT(help.out, Not(HasSubstr("complete ")));
}

TEST(Help, OfEveryCommandHasAnExample) {
  for (const cli::CommandInfo& command : cli::commands()) {
    std::vector<std::string> words = split(command.name, ' ');
    words.emplace_back("--help");

    const Finished help = run_assay(words);

    EXPECT_EQ(help.exit_code, 0) << command.name;
    EXPECT_THAT(help.out, AllOf(HasSubstr("Usage"), HasSubstr("Examples\n  "))) << command.name;
  }
}

TEST(Help, IsAlsoACommand) {
  EXPECT_EQ(run_assay({"help"}).out, run_assay({"--help"}).out);
  EXPECT_EQ(run_assay({"help", "run"}).out, run_assay({"run", "--help"}).out);
}

TEST(Help, GoesToStderrIfNothingWasAsked) {
  const Finished help = run_assay({});

  EXPECT_EQ(help.exit_code, 2);
  EXPECT_THAT(help.out, IsEmpty());
  EXPECT_THAT(help.err, HasSubstr("assay run configs/digits.yaml"));
}

TEST(Help, HasNoEscapeSequencesOutsideATerminal) {
  EXPECT_THAT(run_assay({"--help"}).out, Not(HasSubstr("\033")));
}

TEST(Help, HasColourOnATerminalOnlyIfItIsWanted) {
  if (!has_terminals()) GTEST_SKIP() << "this system has no pseudo-terminals (is /dev/pts mounted?)";
  ProcessOptions options;
  options.terminal_columns = 100;
  options.variables = {{"TERM", "xterm"}, {"NO_COLOR", ""}};
  EXPECT_THAT(run_assay({"--help"}, options).out, HasSubstr("\033[1m"));

  options.variables["NO_COLOR"] = "1";
  EXPECT_THAT(run_assay({"--help"}, options).out, Not(HasSubstr("\033")));
}

TEST(Help, FitsTheTerminal) {
  if (!has_terminals()) GTEST_SKIP() << "this system has no pseudo-terminals (is /dev/pts mounted?)";
  ProcessOptions options;
  options.terminal_columns = 80;
  options.variables = {{"NO_COLOR", "1"}};

  for (const std::string& line : split(run_assay({"run", "--help"}, options).out, '\n')) {
    EXPECT_LE(trim(line).size(), 80U) << line;
  }
}

TEST(Version, NamesAssayAndItsLibraries) {
  const Finished version = run_assay({"--version"});

  EXPECT_EQ(version.exit_code, 0);
  EXPECT_THAT(version.out, AllOf(HasSubstr("assay 0."), HasSubstr("LibTorch"), HasSubstr("HDF5")));
}

TEST(CommandLine, UnknownCommandSuggestsTheClosestOne) {
  const Finished wrong = run_assay({"rnu", "configs/digits.yaml"});

  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_THAT(wrong.out, IsEmpty());
  EXPECT_THAT(wrong.err, AllOf(HasSubstr("unknown command 'rnu'"), HasSubstr("did you mean 'run'?")));
}

TEST(CommandLine, UnknownCommandOfAGroupSuggestsTheClosestOne) {
  const Finished wrong = run_assay({"runs", "shwo"});

  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_THAT(wrong.err, AllOf(HasSubstr("unknown command 'runs shwo'"), HasSubstr("did you mean 'show'?")));
}

TEST(CommandLine, UnknownOptionSuggestsTheClosestOne) {
  const Finished wrong = run_assay({"run", "configs/digits.yaml", "--fsat"});

  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_THAT(wrong.err,
              AllOf(HasSubstr("run: unknown option '--fsat'"), HasSubstr("did you mean '--fast'?")));
}

TEST(CommandLine, MissingConfigIsSaidWithAnExample) {
  const Finished wrong = run_assay({"check"});

  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_THAT(wrong.err, AllOf(HasSubstr("CONFIG is missing"), HasSubstr("for example: assay check")));
}

TEST(CommandLine, MissingValueNamesTheOption) {
  const Finished wrong = run_assay({"run", "configs/digits.yaml", "--runs"});

  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("--runs lacks its value"));
}

TEST(CommandLine, UnknownChoiceListsTheChoices) {
  const Finished wrong = run_assay({"show", "configs/digits.yaml", "--format", "xml"});

  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_THAT(wrong.err, AllOf(HasSubstr("--format is 'xml'"), HasSubstr("yaml, json")));
}

TEST(CommandLine, WordThatIsNoOverrideIsAnError) {
  const Finished wrong = run_assay({"check", "configs/digits.yaml", "configs/csv.yaml"});

  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("'configs/csv.yaml' is no override"));
}

TEST(CommandLine, ControlCharactersAreShownNotPrinted) {
  const Finished wrong = run_assay({"check", "a\033[31m.yaml"});

  EXPECT_NE(wrong.exit_code, 0);
  EXPECT_THAT(wrong.err, AllOf(HasSubstr("a\\x1b[31m.yaml"), Not(HasSubstr("\033"))));
}

TEST(CommandLine, FullDiskBehindStdoutIsAnError) {
  ProcessOptions options;
  options.out_file = "/dev/full";

  const Finished full = run_assay({"list"}, options);

  EXPECT_EQ(full.exit_code, 5);
  EXPECT_THAT(full.err, HasSubstr("cannot write to standard output: No space left on device"));
}

}  // namespace
}  // namespace assay::testing
