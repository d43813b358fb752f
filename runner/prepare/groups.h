// Which parameters of the model the optimizer's groups take.
#pragma once

#include <vector>

#include "registry/contracts/experiment.h"
#include "registry/contracts/prepared.h"

namespace assay::preparing {

/// Fills in Prepared::groups from Prepared::tensors. Reports globs that match no parameter; a group whose
/// parameters earlier groups took already is a warning. Nothing where the model declares no shapes: the
/// engine does the same once it is built.
void match_groups(const Experiment& experiment, Prepared& prepared, std::vector<Problem>& problems,
                  std::vector<Problem>& warnings);

}  // namespace assay::preparing
