#include "tests/support/files.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <unistd.h>

namespace assay::testing {
namespace fs = std::filesystem;

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (fs::temp_directory_path() / "assay-test-XXXXXX").string();
  if (!mkdtemp(pattern.data())) throw Error(Kind::internal, "cannot make a temporary folder");
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string TemporaryFolder::operator/(std::string_view name) const {
  return (fs::path(path_) / name).string();
}

std::string TemporaryFolder::write(std::string_view name, std::string_view content) const {
  const std::string path = *this / name;
  fs::create_directories(fs::path(path).parent_path());
  std::ofstream(path, std::ios::binary) << content;
  return path;
}

std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream out;
  out << file.rdbuf();
  return out.str();
}

std::string source_folder() {
  if (const char* set = std::getenv("ASSAY_SOURCE")) return set;
  for (fs::path folder = fs::current_path(); folder.has_relative_path(); folder = folder.parent_path()) {
    if (fs::exists(folder / "core" / "error.h")) return folder.string();
  }
  throw Error(Kind::internal, "the source tree was not found; set ASSAY_SOURCE");
}

std::optional<std::string> test_data(std::string_view name) {
  std::vector<fs::path> roots;
  if (const char* set = std::getenv("ASSAY_DATA")) roots.emplace_back(set);
  roots.push_back(fs::path(source_folder()).parent_path() / "shared" / "data");
  for (const fs::path& root : roots) {
    if (fs::exists(root / name)) return (root / name).string();
  }
  return std::nullopt;
}

}  // namespace assay::testing
