// What the training step is asked to do with the model, the optimizer and the device that there are.
#pragma once

#include <vector>

#include "registry/contracts/experiment.h"
#include "registry/contracts/prepared.h"

namespace assay::preparing {

/// Penalties and frozen parameters are in the model, something is left to train, an optimizer with closures
/// is left alone, the device has the precision, metrics that look at many passes get them. Globs are only
/// looked at where the model declares its shapes: the engine does the same once it is built.
void check_step(const Experiment& experiment, const Prepared& prepared, std::vector<Problem>& problems,
                std::vector<Problem>& warnings);

/// Several processes can train it together: a row of each batch for each of them, on the CPU, nothing that is
/// measured or done in one process alone.
void check_sharing(const Experiment& experiment, int processes, std::vector<Problem>& problems);

}  // namespace assay::preparing
