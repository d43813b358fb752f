#include "runner/cli/runs_folder.h"

#include <cstdlib>

#include "runner/cli/config_arguments.h"

namespace assay::cli {

void RunsFolder::describe(Syntax& syntax) {
  syntax.option("--runs", "DIR", given_, "where runs are kept (default: $ASSAY_RUNS, else ./runs)");
}

std::string RunsFolder::path() const {
  if (!given_.empty()) return given_;
  const char* set = std::getenv("ASSAY_RUNS");
  return set != nullptr && *set != '\0' ? set : "runs";
}

std::string RunsFolder::command_text() const {
  return given_.empty() ? "" : " --runs " + shell_quoted(given_);
}

}  // namespace assay::cli
