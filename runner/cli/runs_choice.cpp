#include "runner/cli/runs_choice.h"

#include <set>
#include <utility>

#include "core/error.h"
#include "core/io/files.h"
#include "core/text.h"
#include "runner/cli/open_study.h"
#include "runner/report/run_data.h"
#include "runner/report/run_fields.h"
#include "runner/report/run_filter.h"
#include "runner/store/run_index.h"

namespace assay::cli {
namespace {

/// Nothing where no run, or more than one, is meant.
std::optional<std::string> run_of(const std::string& runs_dir, const std::string& word) {
  try {
    return store::find_run(runs_dir, word).folder;
  } catch (const Error& error) {
    if (error.kind() != Kind::usage) throw;
    return std::nullopt;
  }
}

}  // namespace

std::optional<sweep::StudyFolder> study_of(const std::string& runs_dir, const std::string& word) {
  auto study = find_study(runs_dir, word);
  if (!study || report::is_study(word)) return study;
  const auto run = run_of(runs_dir, word);
  if (!run) return study;
  Problem problem{{}, {}, text("'", printable(word), "' means a run and a sweep"), "name one by its folder"};
  problem.notes = {*run, study->path()};
  throw Error(Kind::usage, std::move(problem));
}

void RunsChoice::describe(Syntax& syntax, const std::string& what) {
  syntax.rest("RUN", given_,
              text("runs ", what, ": folders, ids or the beginnings of them, or names of one run each"));
  syntax.option("--where", "CONDITION", where_, "and all runs for which it holds, as of `assay runs list`");
  runs_.describe(syntax);
}

std::vector<sweep::StudyFolder> RunsChoice::take_studies() {
  std::vector<sweep::StudyFolder> studies;
  std::erase_if(given_, [&](const std::string& word) {
    auto study = study_of(runs_.path(), word);
    if (study) studies.push_back(*study);
    return study.has_value();
  });
  return studies;
}

std::vector<store::RunSummary> RunsChoice::runs(const std::string& command) const {
  std::vector<store::RunSummary> chosen;
  std::set<std::string> known;
  const auto add = [&](const store::RunSummary& run) {
    if (known.insert(absolute_path(run.folder)).second) chosen.push_back(run);
  };
  for (const std::string& one : given_) add(store::find_run(runs_.path(), one));
  if (!where_.empty()) {
    const report::RunFilter filter(where_);
    const store::RunIndex index(runs_.path(), store::RunIndex::With::configs);
    const report::RunFields fields(index);
    filter.check(fields);
    for (std::size_t i = 0; i < index.size(); ++i) {
      if (filter.matches(fields, i)) add(index.run(i));
    }
  }
  if (!chosen.empty()) return chosen;
  if (!where_.empty())
    throw Error(Kind::usage, text(command, ": no run is like that"), "`assay runs list` shows all");
  throw Error(Kind::usage, text(command, ": say which runs"), "by name or id, or with --where CONDITION");
}

}  // namespace assay::cli
