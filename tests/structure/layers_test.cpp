// The include edges of the tree are those of layers.txt.

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/structure/include_rules.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

IncludeRules rules_of_the_tree() {
  return IncludeRules(read_text(source_folder() + "/tests/structure/layers.txt"));
}

/// Every .h and .cpp file in the folders of the layers.
std::vector<SourceFile> files_of_the_tree(const IncludeRules& rules) {
  const std::filesystem::path root = source_folder();
  std::vector<SourceFile> files;
  for (const std::string& folder : rules.roots()) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
      const auto extension = entry.path().extension();
      if (extension != ".h" && extension != ".cpp") continue;
      if (entry.path().parent_path() == root / "plugins/example") continue;  // built as a stranger would
      files.push_back(
          parse_source(entry.path().lexically_relative(root).string(), read_text(entry.path().string())));
    }
  }
  return files;
}

std::vector<std::string> violations(std::string path, std::string_view text) {
  return rules_of_the_tree().violations(parse_source(std::move(path), text));
}

TEST(Layers, EveryIncludeOfTheTreeHasAnEdge) {
  const auto rules = rules_of_the_tree();
  const auto files = files_of_the_tree(rules);
  ASSERT_GT(files.size(), 50u);

  std::vector<std::string> found;
  for (const SourceFile& file : files) {
    for (const std::string& violation : rules.violations(file)) found.push_back(violation);
  }

  EXPECT_THAT(found, IsEmpty());
}

TEST(Layers, NamesTheLineAndTheEdgeThatIsNotThere) {
  EXPECT_THAT(
      violations("core/value.cpp", "#include \"core/value.h\"\n\n#include \"registry/schema.h\"\n"),
      ElementsAre("core/value.cpp:3: includes registry/schema.h, but there is no edge core -> registry"));
}

TEST(Layers, FollowEdgesThroughOtherLayers) {
  EXPECT_THAT(violations("runner/engine/loop.cpp", "#include \"core/text.h\"\n"), IsEmpty());
}

TEST(Layers, KeepTensorsOutOfDeclarations) {
  EXPECT_THAT(violations("plugins/models/mlp.h", "#include \"registry/contracts/tensor/model.h\"\n"),
              SizeIs(1));
  EXPECT_THAT(violations("plugins/models/declare.cpp", "#include <ATen/core/Tensor.h>\n"), SizeIs(1));
  EXPECT_THAT(violations("plugins/models/mlp.cpp", "#include \"registry/contracts/tensor/model.h\"\n"),
              IsEmpty());
}

TEST(Layers, KeepFamiliesRunnerAndPluginsApart) {
  EXPECT_THAT(
      violations("plugins/models/mlp.cpp", "#include \"plugins/layers/linear.h\"\n"),
      ElementsAre(
          "plugins/models/mlp.cpp:1: includes plugins/layers/linear.h, but these folders stay apart"));
  EXPECT_THAT(violations("plugins/models/mlp.cpp", "#include \"runner/engine/training.h\"\n"), SizeIs(1));
  EXPECT_THAT(violations("runner/engine/training.cpp", "#include \"plugins/models/mlp.h\"\n"), SizeIs(1));
}

TEST(Layers, ShowAForeignLibraryInItsOnePlace) {
  EXPECT_THAT(
      violations("runner/store/run_index.cpp", "#include <nlohmann/json.hpp>\n"),
      ElementsAre(
          "runner/store/run_index.cpp:1: includes nlohmann/json.hpp, which is seen only from core/io"));
  EXPECT_THAT(violations("runner/config/load.cpp", "#include <yaml-cpp/yaml.h>\n"), SizeIs(1));
  EXPECT_THAT(violations("runner/config/read_yaml.cpp", "#include <yaml-cpp/parser.h>\n"), IsEmpty());
}

TEST(Layers, RefuseForeignHeadersThatNobodyDeclared) {
  EXPECT_THAT(violations("core/text.cpp", "#include <boost/any.hpp>\n#include <any>\n#include <unistd.h>\n"),
              SizeIs(1));
  EXPECT_THAT(violations("runner/engine/loop.cpp", "#include <torch/torch.h>\n"), SizeIs(1));
}

TEST(Layers, RefuseFilesOutsideOfAllLayersAndRelativePaths) {
  EXPECT_THAT(violations("runner/new_part/file.cpp", ""),
              ElementsAre("runner/new_part/file.cpp: belongs to no layer"));
  EXPECT_THAT(violations("core/text.cpp", "#include \"text.h\"\n"), SizeIs(1));
}

}  // namespace
}  // namespace assay::testing
