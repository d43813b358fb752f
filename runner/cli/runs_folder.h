// Where runs are kept: --runs > ASSAY_RUNS > ./runs.
#pragma once

#include <string>

#include "runner/cli/syntax.h"

namespace assay::cli {

class RunsFolder {
 public:
  void describe(Syntax& syntax);
  /// Need not exist yet. Throws Kind::store if a file is in its place, or above it.
  std::string path() const;
  /// ` --runs DIR` if it was given on the command line, else nothing.
  std::string command_text() const;

 private:
  std::string given_;
};

}  // namespace assay::cli
