// Which rows an epoch trains on, and in which order.
#pragma once

#include <cstdint>
#include <vector>

#include "core/random.h"
#include "registry/contracts/experiment.h"
#include "registry/contracts/prepared.h"

namespace assay::engine {

/// As many rows as train has; a pure function of its arguments. `train.sample: balanced` wants classes.
std::vector<std::int64_t> epoch_rows(const TrainSection& train, const Prepared& prepared, Draws draws);

}  // namespace assay::engine
