// Files for tests: a folder that goes away with the test, and where test data lies.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"

namespace assay::testing {

/// A new folder under the system's temporary folder, removed with all it holds at the end of the scope.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::string& path() const { return path_; }
  /// The path of a file in it.
  std::string operator/(std::string_view name) const;
  /// Writes a file in it, with folders as needed, and returns its path.
  std::string write(std::string_view name, std::string_view content) const;

 private:
  std::string path_;
};

std::string read_text(const std::string& path);

/// The folder of this source tree (ASSAY_SOURCE, else found upwards from the working folder).
std::string source_folder();

/// ASSAY_DATA, else ../shared/data beside the source tree; nothing if neither holds `name`. Tests skip then.
std::optional<std::string> test_data(std::string_view name);

/// Runs `body` and returns the problems of the Error it throws; none if it throws nothing.
template <class Body>
std::vector<Problem> problems_of(Body&& body) {
  try {
    body();
  } catch (const Error& error) {
    return error.problems();
  }
  return {};
}

}  // namespace assay::testing
