// Taking a study away, with all its trials.
#pragma once

#include <optional>
#include <string>

#include "runner/sweep/study_folder.h"

namespace assay::sweep {

/// Who works on a study, for people: `trial 7 runs in process 4711 of node3`. Nothing if nobody is seen: no
/// trial runs, no worker of this machine lives, and none of another machine wrote to its log within the last
/// ten minutes.
std::optional<std::string> find_work_on(const StudyFolder& folder);

/// Removes a study with all it holds. Throws Kind::store if somebody works on it, and nothing is removed
/// then; or as store::remove_whole().
void remove_study(const StudyFolder& folder);

}  // namespace assay::sweep
