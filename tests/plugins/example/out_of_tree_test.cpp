// Plugins as their authors build them: against an installed assay, in a folder of their own. Installed once
// for all cases of the program.
#include <filesystem>
#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/io/digest.h"
#include "core/io/h5.h"
#include "core/io/json_text.h"
#include "core/text.h"
#include "tests/support/files.h"
#include "tests/support/process.h"

namespace assay::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class OutOfTree : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    home_ = std::make_unique<TemporaryFolder>();
    const Finished done =
        run_process({CMAKE_PROGRAM, "--install", BUILD_FOLDER, "--prefix", prefix()}, {.timeout_s = 120});
    ASSERT_EQ(done.exit_code, 0) << done.err;
  }
  static void TearDownTestSuite() { home_.reset(); }

  static std::string prefix() { return *home_ / "assay"; }
  static std::string assay() { return prefix() + "/bin/assay"; }

  static ProcessOptions as_author(const std::string& folder) {
    ProcessOptions options;
    options.folder = folder;
    options.timeout_s = 280;
    options.variables = {
        {"HOME", home_->path()},
        {"PATH", prefix() + "/bin:" + fs::path(CMAKE_PROGRAM).parent_path().string() + ":/usr/bin:/bin"}};
    return options;
  }
  /// Runs lines in one shell, which stops at the first that fails.
  static Finished shell(const std::string& lines, const std::string& folder) {
    return run_process({"/bin/sh", "-e", "-c", lines}, as_author(folder));
  }

  static std::unique_ptr<TemporaryFolder> home_;
};

std::unique_ptr<TemporaryFolder> OutOfTree::home_;

struct Block {
  std::string language;
  std::string before;  // the line above it that is not empty
  std::string text;
};

std::vector<Block> blocks_of(const std::string& page) {
  std::vector<Block> blocks;
  bool is_inside = false;
  std::string before;
  for (const std::string& line : split(page, '\n')) {
    if (line.starts_with("```")) {
      if (!is_inside) blocks.push_back({line.substr(3), before, {}});
      is_inside = !is_inside;
    } else if (is_inside) {
      blocks.back().text += line + '\n';
    } else if (!line.empty()) {
      before = line;
    }
  }
  return blocks;
}

/// `... In `my_layers/my_layers.h`:` names a file; nothing for other lines.
std::string file_named_in(const std::string& line) {
  std::smatch found;
  return std::regex_search(line, found, std::regex("`([a-z_/.]+)`:$")) ? found[1].str() : std::string();
}

TEST_F(OutOfTree, TheInstalledProgramRunsWithWhatShips) {
  const TemporaryFolder work;

  const Finished run =
      run_process({assay(), "run", prefix() + "/share/assay/configs/digits.yaml", "--fast", "--quiet"},
                  as_author(work.path()));
  EXPECT_EQ(run.exit_code, 0) << run.err;

  work.write("lenet.yaml",
             "assay: 1\ndataset: {type: digits, transforms: [standardize]}\nmodel: mlp\noptimizer: sgd\n"
             "train: {until: 1 epoch}\n");
  const Finished check = run_process({assay(), "check", "lenet.yaml"}, as_author(work.path()));
  EXPECT_EQ(check.exit_code, 0) << check.err;
  EXPECT_THAT(check.out, Not(HasSubstr(source_folder())));
}

TEST_F(OutOfTree, ThePageOnWritingPluginsIsRightWordForWord) {
  const TemporaryFolder work;
  fs::create_directory_symlink(BUILD_FOLDER, work / "build");
  const std::string page = read_text(source_folder() + "/docs/writing-a-plugin.md");
  std::string lines;
  int n_commands = 0;

  for (const Block& block : blocks_of(page)) {
    if (const std::string file = file_named_in(block.before); !file.empty()) {
      const Finished done = shell(lines, work.path());
      ASSERT_EQ(done.exit_code, 0) << lines << done.out << done.err;
      lines.clear();
      work.write(file, block.text);
    } else if (block.language == "sh") {
      for (const std::string& line : split(block.text, '\n')) n_commands += line.empty() ? 0 : 1;
      lines += block.text;
    }
  }
  const Finished done = shell(lines, work.path());

  ASSERT_EQ(done.exit_code, 0) << lines << done.out << done.err;
  EXPECT_THAT(done.out,
              AllOf(HasSubstr("100% tests passed"), HasSubstr("my_layers/glu"), HasSubstr("test/accuracy")));
  EXPECT_GE(n_commands, 15);
}

TEST_F(OutOfTree, TheExampleIsBuiltTestedTrainedAndRecorded) {
  const TemporaryFolder work;
  fs::copy(source_folder() + "/plugins/example", work / "example", fs::copy_options::recursive);
  const std::string prefix_option = " -DCMAKE_PREFIX_PATH=" + prefix();
  const Finished built = shell("cmake -G Ninja -S . -B build" + prefix_option +
                                   " && cmake --build build && ctest --test-dir build --output-on-failure",
                               work / "example");
  ASSERT_EQ(built.exit_code, 0) << built.out << built.err;

  const Finished run = run_process({assay(), "run", "example.yaml", "--quiet", "train.until=1 epoch"},
                                   as_author(work / "example"));

  ASSERT_EQ(run.exit_code, 0) << run.err;
  const std::string folder = std::string(trim(run.out));
  const h5::Reader record = h5::Reader::open(work / ("example/" + folder + "/run.h5"));
  const Json programs = parse_json(record.text_attribute("environment", "programs"), "programs");
  for (const char* file : {"example.so", "example.impl.so"}) {
    ASSERT_NE(programs.find(file), nullptr) << file;
    EXPECT_EQ(programs.find(file)->text(), sha256_of_file(work / "example/build/" + file)) << file;
  }
  const Finished shown = run_process({assay(), "runs", "show", folder}, as_author(work / "example"));
  EXPECT_THAT(shown.out, HasSubstr("plugins.example.version"));

  // From the record alone, from elsewhere, though the plugin was moved.
  fs::create_directory(work / "moved");
  for (const char* file : {"example.so", "example.impl.so"})
    fs::rename(work / "example/build/" + file, work / "moved/" + file);
  ProcessOptions options = as_author(work / "example");
  const Finished lost = run_process({assay(), "verify", folder}, options);
  EXPECT_EQ(lost.exit_code, 7);
  EXPECT_THAT(lost.err, HasSubstr("example.so does not exist"));
  options.variables["ASSAY_PLUGIN_PATH"] = work / "moved";
  const Finished verified = run_process({assay(), "verify", folder}, options);
  EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
}

}  // namespace
}  // namespace assay::testing
