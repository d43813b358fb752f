// Every mistake in tests/golden/preflight with the exact text that a user sees: mistakes that show only with
// the data, the shapes or several sections at hand. A case is NAME.yaml, NAME.args where it has overrides
// (one a line), and NAME.txt; data/ holds their files. ASSAY_UPDATE_GOLDEN=1 rewrites the texts; the diff is
// reviewed.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "core/text.h"
#include "registry/contracts/builtin.h"
#include "runner/cli/checked.h"
#include "runner/config/load.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

namespace fs = std::filesystem;

fs::path golden_folder() { return fs::path(source_folder()) / "tests" / "golden" / "preflight"; }

// Messages name configs as they were asked for: from here, without a folder.
class GoldenPreflight : public ::testing::Test {
 protected:
  GoldenPreflight() : before_(fs::current_path()) { fs::current_path(golden_folder()); }
  ~GoldenPreflight() override { fs::current_path(before_); }

 private:
  fs::path before_;
};

std::vector<std::string> case_names() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(".")) {
    if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> arguments_of(const std::string& name) {
  std::vector<std::string> lines;
  std::ifstream file(name + ".args");
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

/// What `assay check` finds: problems, or warnings if there is no problem.
std::vector<Problem> problems_of_case(const std::string& name) {
  static const Registry registry = builtin_registry();
  static const Implementations parts = builtin_implementations();
  std::vector<Problem> warnings;
  const auto problems = problems_of([&] {
    const LoadedConfig config =
        load_config({.file = name + ".yaml", .overrides = arguments_of(name)}, registry);
    warnings = config.warnings;
    cli::checked_data(config, registry, parts, {"data"}, warnings);
  });
  return problems.empty() ? warnings : problems;
}

/// Data files are named by absolute paths.
std::string without_folder(std::string words) {
  const std::string folder = fs::current_path().string() + '/';
  for (std::size_t at = words.find(folder); at != std::string::npos; at = words.find(folder)) {
    words.erase(at, folder.size());
  }
  return words;
}

void check_case(const std::string& name) {
  SCOPED_TRACE(name);
  const std::vector<Problem> problems = problems_of_case(name);
  EXPECT_FALSE(problems.empty()) << "this experiment has no mistake";
  std::string words;
  for (const Problem& problem : problems) {
    EXPECT_TRUE(problem.where.is_known()) << problem.message;
    EXPECT_FALSE(problem.hint.empty()) << problem.message;
    words += without_folder(to_string(problem)) + "\n";
  }
  const std::string expected = name + ".txt";
  if (std::getenv("ASSAY_UPDATE_GOLDEN")) {
    std::ofstream(expected) << words;
  } else {
    EXPECT_EQ(words, read_text(expected));
  }
}

TEST_F(GoldenPreflight, ReadAsWritten) {
  const std::vector<std::string> names = case_names();
  EXPECT_GE(names.size(), 60u);
  for (const std::string& name : names) check_case(name);
}

TEST_F(GoldenPreflight, ThreeMistakesAreThreeProblems) {
  EXPECT_EQ(problems_of_case("several_at_once").size(), 3u);
}

// The first check in a process also fills the registry.
TEST_F(GoldenPreflight, TakesMilliseconds) {
  for (const std::string& name : case_names()) {
    SCOPED_TRACE(name);
    const auto start = std::chrono::steady_clock::now();
    const std::clock_t cpu_start = std::clock();

    problems_of_case(name);

    const double cpu_ms = 1e3 * static_cast<double>(std::clock() - cpu_start) / CLOCKS_PER_SEC;
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(1));
    const bool needs_little_data = name.starts_with("shape_");
    EXPECT_LT(cpu_ms, needs_little_data ? 100 : 1000);
  }
}

}  // namespace
}  // namespace assay::testing
