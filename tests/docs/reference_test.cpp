// The pages of docs/reference/ are what the declarations say.
#include <filesystem>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/files.h"
#include "tests/support/process.h"

namespace assay::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::ContainerEq;

constexpr const char* made_anew = "run: build/assay describe --all -o docs/reference";

std::set<std::string> names_in(const fs::path& folder) {
  std::set<std::string> names;
  for (const auto& each : fs::directory_iterator(folder)) names.insert(each.path().filename().string());
  return names;
}

TEST(Reference, IsThatOfTheDeclarations) {
  const fs::path committed = fs::path(source_folder()) / "docs/reference";
  const TemporaryFolder made;
  ProcessOptions options;
  options.variables["ASSAY_PLUGIN_PATH"] = "";
  const Finished done = run_process({binary(), "describe", "--all", "-o", made.path()}, options);
  ASSERT_EQ(done.exit_code, 0) << done.err;

  EXPECT_THAT(names_in(committed), ContainerEq(names_in(made.path()))) << made_anew;

  for (const std::string& name : names_in(made.path())) {
    if (!fs::exists(committed / name)) continue;
    const bool is_same = read_text(made / name) == read_text((committed / name).string());
    EXPECT_TRUE(is_same) << "docs/reference/" << name << " is not what the components declare; " << made_anew;
  }
}

}  // namespace
}  // namespace assay::testing
