// Short ways to run assay in tests.
#pragma once

#include <string>
#include <vector>

#include "tests/support/files.h"
#include "tests/support/process.h"

namespace assay::testing {

/// assay with these words, in the source tree, where `configs/` is.
inline Finished run_assay(std::vector<std::string> words, ProcessOptions options = {}) {
  words.insert(words.begin(), binary());
  if (options.folder.empty()) options.folder = source_folder();
  return run_process(words, options);
}

inline std::vector<std::string> assay_words(std::vector<std::string> words) {
  words.insert(words.begin(), binary());
  return words;
}

/// A run of a second or less, whose record goes to `runs`.
inline std::vector<std::string> short_run(const std::string& runs, std::vector<std::string> more = {}) {
  std::vector<std::string> words{"run", "configs/digits.yaml", "train.until=2 epochs", "--runs", runs};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

/// One that goes on until it is told to stop.
inline std::vector<std::string> endless_run(const std::string& runs) {
  return {"run", "configs/digits.yaml", "train.until=100000 epochs", "--runs", runs};
}

}  // namespace assay::testing
