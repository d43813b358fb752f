// A model with weights from elsewhere, run on given inputs: what a conversion is proved by.
#pragma once

#include "registry/contracts/inference.h"

namespace assay::engine {

/// As Engine::scores says.
Array scores_of(const ScoresJob& job);

}  // namespace assay::engine
