// All runs of a folder, and one of them by what a person types.
#pragma once

#include <string>
#include <vector>

#include "runner/store/summary.h"

namespace assay::store {

/// Every run below `runs_dir`, newest first, by their summary.json; the state is as it is now (a run whose
/// process is gone is `lost`, and shows what its
/// journal holds, unless that is long and its summary is but some seconds behind). A run without a readable
/// summary has what its folder tells. Empty if there is no such folder.
std::vector<RunSummary> list_runs(const std::string& runs_dir);

/// The run in this folder, to its last row. Throws Kind::store if it is none.
RunSummary get_run(const std::string& folder);

/// The run that `text` means: a run's folder or a file in it, an id or the beginning of one, a name, or
/// name/id. Throws Kind::usage, with the candidates, if there is none or more than one.
RunSummary find_run(const std::string& runs_dir, const std::string& text);

}  // namespace assay::store
