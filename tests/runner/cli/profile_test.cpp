#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/json_text.h"
#include "core/text.h"
#include "tests/runner/cli/support.h"

namespace assay::testing {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

/// Names of the complete events of a trace in Chrome's format.
std::set<std::string> names_in(const std::string& file) {
  std::set<std::string> names;
  const Json trace = parse_json(read_text(file), file);
  for (const Json& event : trace.find("traceEvents")->items()) {
    if (event.find("ph")->text() == "X") names.insert(event.find("name")->text());
  }
  return names;
}

TEST(Profile, SaysWhatTheEngineDidAndWhichOperationsTookTheTime) {
  const TemporaryFolder folder;

  const Finished run = run_assay(short_run(folder.path(), {"--profile"}));

  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out,
              AllOf(HasSubstr("of 20 steps after the first 10"),
                    ContainsRegex("forward of model/mlp +[0-9.]+ +"), HasSubstr("backward of model/mlp"),
                    HasSubstr("step of optimizer/adamw"), HasSubstr("aten::addmm"), HasSubstr("the rest")));
}

TEST(Profile, WritesATraceInTheFolderOfTheAttempt) {
  const TemporaryFolder folder;

  const Finished run = run_assay(short_run(folder.path(), {"--profile", "--quiet"}));

  ASSERT_EQ(run.exit_code, 0) << run.err;
  const std::set<std::string> names = names_in(std::string(trim(run.out)) + "/a.1/trace.json");
  EXPECT_TRUE(names.contains("forward of model/mlp"));
  EXPECT_TRUE(names.contains("aten::addmm"));
}

TEST(Profile, ChangesNoNumber) {
  const TemporaryFolder plain, profiled;
  const Finished without = run_assay(short_run(plain.path(), {"--quiet"}));
  const Finished with = run_assay(short_run(profiled.path(), {"--quiet", "--profile"}));

  const Finished difference =
      run_assay({"diff", "--exact", std::string(trim(without.out)), std::string(trim(with.out))});

  EXPECT_EQ(difference.exit_code, 0) << difference.out << difference.err;
}

TEST(Profile, OfARunThatIsTooShortSaysSo) {
  const TemporaryFolder folder;

  const Finished run = run_assay(short_run(folder.path(), {"--profile", "--fast"}));

  EXPECT_EQ(run.exit_code, 0);
  EXPECT_THAT(run.out, Not(HasSubstr("profile")));
  EXPECT_THAT(run.err, HasSubstr("no profile: the run ended within its first 10 steps"));
}

}  // namespace
}  // namespace assay::testing
