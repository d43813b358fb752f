// Every mistake in tests/golden/sweeps with the exact text that a user sees. A case is NAME.yaml and
// NAME.txt. ASSAY_UPDATE_GOLDEN=1 rewrites the texts; the diff is reviewed.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "registry/contracts/builtin.h"
#include "runner/sweep/plan.h"
#include "tests/support/files.h"

namespace assay::testing {
namespace {

namespace fs = std::filesystem;

fs::path folder() { return fs::path(source_folder()) / "tests" / "golden" / "sweeps"; }

std::vector<std::string> case_names() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder())) {
    if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

// Messages name files as they were asked for: from here, without a folder.
class GoldenSweeps : public ::testing::Test {
 protected:
  GoldenSweeps() : before_(fs::current_path()) { fs::current_path(folder()); }
  ~GoldenSweeps() override { fs::current_path(before_); }

 private:
  fs::path before_;
};

TEST_F(GoldenSweeps, ReadAsWritten) {
  const Registry registry = builtin_registry();
  const Implementations parts = builtin_implementations();
  for (const std::string& name : case_names()) {
    SCOPED_TRACE(name);
    const std::vector<Problem> problems = problems_of([&] {
      const sweep::Study study({.file = name + ".yaml"}, registry, parts);
      plan_of(study, {.limit = 1000});
    });
    EXPECT_FALSE(problems.empty()) << "this sweep has no mistake";
    std::string text;
    for (const Problem& problem : problems) {
      EXPECT_TRUE(problem.where.is_known()) << problem.message;
      EXPECT_FALSE(problem.hint.empty()) << problem.message;
      text += to_string(problem) + "\n";
    }
    const std::string here = folder().string();
    for (std::size_t at = text.find(here); at != std::string::npos; at = text.find(here))
      text.erase(at, here.size() + 1);
    if (std::getenv("ASSAY_UPDATE_GOLDEN")) {
      std::ofstream(name + ".txt") << text;
    } else {
      EXPECT_EQ(text, read_text(name + ".txt"));
    }
  }
}

}  // namespace
}  // namespace assay::testing
