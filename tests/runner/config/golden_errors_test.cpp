// Every mistake in tests/golden/errors with the exact text that a user sees. A case is NAME.yaml, NAME.args
// where it has overrides (one a line), and NAME.txt. ASSAY_UPDATE_GOLDEN=1 rewrites the texts; the diff is
// reviewed.
#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "registry/contracts/builtin.h"
#include "runner/config/load.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

namespace fs = std::filesystem;

fs::path golden_folder() { return fs::path(source_folder()) / "tests" / "golden" / "errors"; }

std::vector<std::string> case_names() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(golden_folder())) {
    if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> arguments_of(const std::string& name) {
  std::vector<std::string> lines;
  std::ifstream file(golden_folder() / (name + ".args"));
  for (std::string line; std::getline(file, line);) {
    if (!line.empty()) lines.push_back(line);
  }
  return lines;
}

// Messages name files as they were asked for: from here, without a folder.
class GoldenErrors : public ::testing::Test {
 protected:
  GoldenErrors() : before_(fs::current_path()) { fs::current_path(golden_folder()); }
  ~GoldenErrors() override { fs::current_path(before_); }

 private:
  fs::path before_;
};

std::vector<Problem> problems_of(const std::string& name) {
  try {
    return load_config({.file = name + ".yaml", .overrides = arguments_of(name)}, builtin_registry())
        .warnings;
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Kind::config);
    return error.problems();
  }
}

void check_case(const std::string& name) {
  SCOPED_TRACE(name);
  const std::vector<Problem> problems = problems_of(name);
  EXPECT_FALSE(problems.empty()) << "this config has no mistake";
  std::string text;
  for (const Problem& problem : problems) {
    EXPECT_TRUE(problem.where.is_known()) << problem.message;
    EXPECT_FALSE(problem.hint.empty()) << problem.message;
    text += to_string(problem) + "\n";
  }
  const std::string expected = name + ".txt";
  if (std::getenv("ASSAY_UPDATE_GOLDEN")) {
    std::ofstream(expected) << text;
  } else {
    EXPECT_EQ(text, read_text(expected));
  }
}

TEST_F(GoldenErrors, ReadAsWritten) {
  const std::vector<std::string> names = case_names();
  EXPECT_GE(names.size(), 60u);
  for (const std::string& name : names) check_case(name);
}

TEST_F(GoldenErrors, FiveMistakesAreFiveProblems) { EXPECT_EQ(problems_of("five_mistakes").size(), 5u); }

TEST_F(GoldenErrors, TenMistakesOfTenKindsAreTenProblems) {
  EXPECT_EQ(problems_of("ten_mistakes").size(), 10u);
}

// Of processor time: the machine may be busy with other tests. The first one also fills the registry.
TEST_F(GoldenErrors, EachTakesLessThanATenthOfASecond) {
  for (const std::string& name : case_names()) {
    SCOPED_TRACE(name);
    const std::clock_t start = std::clock();

    problems_of(name);

    EXPECT_LT(1e3 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC, 100);
  }
}

}  // namespace
}  // namespace assay::testing
