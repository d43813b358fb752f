// RUN ... or --where: the runs that a command is about.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runner/cli/runs_folder.h"
#include "runner/cli/syntax.h"
#include "runner/store/summary.h"
#include "runner/sweep/study_folder.h"

namespace assay::cli {

/// The study that a word means, where no run is meant. Throws Kind::usage if it could be both.
std::optional<sweep::StudyFolder> study_of(const std::string& runs_dir, const std::string& word);

class RunsChoice {
 public:
  /// what: "to compare", for help.
  void describe(Syntax& syntax, const std::string& what);
  /// The studies among RUN ..., which are then no runs any more. Throws Kind::usage for a word that means a
  /// run and a study.
  std::vector<sweep::StudyFolder> take_studies();
  /// Whether nothing was asked for.
  bool is_empty() const { return given_.empty() && where_.empty(); }
  /// In the order given; then those of --where, newest first; each once. `command` is for messages. Throws
  /// Kind::usage if that is none, or one of them cannot be found.
  std::vector<store::RunSummary> runs(const std::string& command) const;

 private:
  std::vector<std::string> given_;
  std::string where_;
  RunsFolder runs_;
};

}  // namespace assay::cli
