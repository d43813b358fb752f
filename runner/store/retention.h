// Which checkpoints may go.
#pragma once

#include <string>
#include <vector>

#include "runner/store/record.h"

namespace assay::store {

/// The files of those that are still kept and that nothing needs any more. Kept are the newest `keep_last`,
/// the newest `keep_best` of those that were the best, the final one, and every file that holds the best
/// weights of when a kept one was taken: a run that goes on from there needs them.
std::vector<std::string> droppable(const std::vector<CheckpointRow>& rows, const Retention& retention);

}  // namespace assay::store
