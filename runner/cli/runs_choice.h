// RUN ... or --where: the runs that a command is about.
#pragma once

#include <string>
#include <vector>

#include "runner/cli/runs_folder.h"
#include "runner/cli/syntax.h"
#include "runner/store/summary.h"

namespace assay::cli {

class RunsChoice {
 public:
  /// what: "to compare", for help.
  void describe(Syntax& syntax, const std::string& what);
  /// In the order given; then those of --where, newest first; each once. `command` is for messages. Throws
  /// Kind::usage if that is none, or one of them cannot be found.
  std::vector<store::RunSummary> runs(const std::string& command) const;

 private:
  std::vector<std::string> given_;
  std::string where_;
  RunsFolder runs_;
};

}  // namespace assay::cli
