// Every YAML example of the documentation is a config that passes all checks, and every command that it shows
// is one that the program takes.
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/text.h"
#include "registry/contracts/builtin.h"
#include "runner/config/load.h"
#include "runner/prepare/prepare.h"
#include "tests/docs/blocks.h"
#include "tests/support/files.h"
#include "tests/support/process.h"

namespace assay::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class Examples : public ::testing::TestWithParam<const char*> {};

TEST_P(Examples, PassEveryCheck) {
  const fs::path source = source_folder();
  const TemporaryFolder copy;  // the examples' relative paths are those of a file in docs/
  for (const char* folder : {"configs", "datasets"})
    fs::create_directory_symlink(source / folder, copy / folder);
  const std::vector<Block> blocks = blocks_of("yaml", read_text((source / GetParam()).string()));
  ASSERT_FALSE(blocks.empty());
  const Registry registry = builtin_registry();
  const Implementations parts = builtin_implementations();

  for (const Block& block : blocks) {
    const std::string file = copy.write(text("docs/line-", block.line, ".yaml"), block.text);
    const auto problems = problems_of([&] {
      const LoadedConfig config = load_config({.file = file}, registry);
      std::vector<Problem> warnings;
      prepare(config.experiment, parts, data_roots(config.experiment, (source / "datasets/data").string()),
              warnings);
    });
    for (const Problem& problem : problems)
      ADD_FAILURE() << GetParam() << ':' << block.line << ": " << to_string(problem);
  }
}

// Checked only where they would train.
TEST(ConfigGuide, ItsCommandsRun) {
  const fs::path source = source_folder();
  const std::string page = read_text((source / "docs" / "config.md").string());
  const TemporaryFolder folder;
  for (const char* name : {"configs", "datasets"}) fs::create_directory_symlink(source / name, folder / name);
  folder.write("first.yaml", blocks_of("yaml", page).front().text);
  ProcessOptions options;
  options.folder = folder.path();
  options.variables = {{"PATH", fs::path(binary()).parent_path().string() + ":/usr/bin:/bin"}};
  std::size_t n_commands = 0;

  for (const Block& block : blocks_of("sh", page)) {
    for (std::string line : split(block.text, '\n')) {
      if (!line.starts_with("assay ")) continue;
      if (line.starts_with("assay run ")) line.replace(0, 9, "assay check");
      const Finished done = run_process({"/bin/sh", "-c", line}, options);
      EXPECT_EQ(done.exit_code, 0) << line << '\n' << done.err;
      ++n_commands;
    }
  }
  EXPECT_GE(n_commands, 3u);
}

std::vector<std::vector<std::int64_t>> tensor_shapes(const std::string& file,
                                                     const std::vector<std::string>& overrides) {
  const Registry registry = builtin_registry();
  const LoadedConfig config = load_config(
      {.file = file, .overrides = overrides, .config_path = {source_folder() + "/configs"}}, registry);
  const ModelFacts facts{{Task::Kind::classification, 10, {}}, {{"x", {{3, 32, 32}}}}};
  Outline outline(facts);
  outline_model(config.experiment.model, facts, outline);
  std::vector<std::vector<std::int64_t>> shapes;
  for (const TensorOutline& tensor : outline.tensors()) shapes.push_back(tensor.shape);
  return shapes;
}

TEST(ConfigGuide, ItsResNetOfBlocksIsThePreset) {
  const TemporaryFolder folder;
  for (const Block& block : blocks_of("yaml", read_text(source_folder() + "/docs/config.md"))) {
    if (block.text.find("block/stage") == std::string::npos) continue;
    const std::string file = folder.write("resnet.yaml", block.text);

    EXPECT_EQ(tensor_shapes(file, {}), tensor_shapes(file, {"model=resnet20"}));
    return;
  }
  FAIL() << "the guide has no ResNet of blocks";
}

TEST(ConfigGuide, NamesEveryKeyAtTheTop) {
  const std::string page = read_text(source_folder() + "/docs/config.md");
  const std::size_t begin = page.find("These are all keys at the top of a file");
  const std::string table = page.substr(begin, page.find("\n## ", begin) - begin);
  std::vector<std::string> keys = schema_of<Experiment>().keys();
  for (std::string& key : composition_keys()) keys.push_back(std::move(key));

  for (const std::string& key : keys) EXPECT_THAT(table, HasSubstr(text('`', key, '`')));
}

INSTANTIATE_TEST_SUITE_P(Docs, Examples, ::testing::Values("README.md", "docs/config.md", "docs/models.md"),
                         [](const auto& param) {
                           const std::string page = param.param;
                           return page == "README.md"        ? "Readme"
                                  : page == "docs/config.md" ? "ConfigGuide"
                                                             : "Models";
                         });

}  // namespace
}  // namespace assay::testing
