// All runs of a folder, and one of them by what a person types.
//
//   const RunIndex index(runs_dir, RunIndex::With::configs);
//   for (std::size_t i = 0; i < index.size(); ++i) index.run(i).state, index.value(i, "optimizer.lr")
//
// What ended runs say is kept in `.index` of that folder, which is made again whenever it is missing, so that
// ten thousand of them are listed at once. A study's folder can be given as well: its trials are its runs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "runner/store/index_file.h"
#include "runner/store/summary.h"

namespace assay::store {

class RunIndex {
 public:
  enum class With { summaries, configs };

  /// Every run below `runs_dir`, newest first, by their summary.json; the state is as it is now (a run whose
  /// process is gone is `lost`, and shows what its journal holds, unless that is long and its summary is but
  /// some seconds behind). A run without a readable summary has what its folder tells. Empty if there is no
  /// such folder. With `summaries`, configs may be missing.
  RunIndex(const std::string& runs_dir, With with);

  std::size_t size() const { return file_.runs.size(); }
  const RunSummary& run(std::size_t i) const { return file_.runs[i].summary; }
  /// Of the flat config (flat_config.h) of run i; null if it has no such key.
  const Json* value(std::size_t i, std::string_view key) const;
  /// The keys that any run has, sorted.
  std::vector<std::string> keys() const;

 private:
  IndexFile file_;
  mutable std::vector<std::optional<Json>> parsed_;  // values, by the number of their text
};

/// The summaries of a RunIndex.
std::vector<RunSummary> list_runs(const std::string& runs_dir);

/// The run in this folder, to its last row. Throws Kind::store if it is none.
RunSummary get_run(const std::string& folder);

/// The run that `text` means: a run's folder or a file in it, an id or the beginning of one, a name, or
/// name/id. Throws Kind::usage, with the candidates, if there is none or more than one.
RunSummary find_run(const std::string& runs_dir, const std::string& text);

/// Replaces the tags of a run, in a file of their own beside its record (tags.json): the run may go on, or be
/// finished, meanwhile. Throws Kind::store.
void set_tags(const std::string& folder, const std::vector<std::string>& tags);

}  // namespace assay::store
