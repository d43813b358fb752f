#include "runner/config/starter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/contracts/builtin.h"
#include "runner/config/load.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Starter, EveryOneIsARightConfigWithComments) {
  const Registry registry = builtin_registry();
  for (const Starter& starter : starters()) {
    const TemporaryFolder folder;
    const std::string text = starter_config(starter.name, source_folder() + "/datasets/data");

    const LoadedConfig loaded = load_config({.file = folder.write("s.yaml", text)}, registry);

    EXPECT_THAT(loaded.warnings, IsEmpty()) << starter.name;
    EXPECT_THAT(text, HasSubstr("# ")) << starter.name;
  }
}

TEST(Starter, QuotesAFolderThatYamlWouldReadOtherwise) {
  EXPECT_THAT(starter_config("regression", "/data: 1 #2"), HasSubstr("file: \"/data: 1 #2/iris.csv\""));
}

}  // namespace
}  // namespace assay::testing
