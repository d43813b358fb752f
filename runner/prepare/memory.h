// What a run will hold in memory, and whether that is there.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "registry/contracts/experiment.h"
#include "registry/contracts/prepared.h"

namespace assay::preparing {

/// From shapes alone; `is_known` is false where the model or the optimizer declares too little. Every output
/// of every layer is taken to be kept for the backward pass, and the gradients of the largest layer to exist
/// beside them; what single kernels need for a moment is left out.
MemoryEstimate estimate_memory(const Experiment& experiment, const Prepared& prepared);

/// Reports an estimate above `available` bytes of the host as a problem, one above 80 % of it as a warning:
/// how much, of what, and what to lower. What lies on a CUDA device is left out. Nothing if either is not
/// known.
void check_memory(const Experiment& experiment, const Prepared& prepared,
                  std::optional<std::int64_t> available, std::vector<Problem>& problems,
                  std::vector<Problem>& warnings);

}  // namespace assay::preparing
