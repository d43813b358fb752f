// What a model starts with where the config says `init_from`: read, matched with the model, and checked
// before anything is trained.
#pragma once

#include <vector>

#include "registry/contracts/experiment.h"
#include "registry/contracts/prepared.h"
#include "registry/implementations.h"

namespace assay::preparing {

/// Fills in Prepared::first_weights and adds the file that was read to Prepared::files, in place of one that
/// an earlier experiment with the same data had. Only the file's list of tensors is read, and its digest
/// made. Reports what does not go together. Throws Kind::data for a file that cannot be read.
void take_first_weights(const Experiment& experiment, const Implementations& parts, Prepared& prepared,
                        std::vector<Problem>& problems, std::vector<Problem>& warnings);

}  // namespace assay::preparing
