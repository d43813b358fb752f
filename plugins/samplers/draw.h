// Points drawn evenly from a space.
#pragma once

#include "core/random.h"
#include "registry/contracts/space.h"

namespace assay::samplers {

/// Every active parameter independently; takes one uniform draw for each.
Point draw_evenly(const Space& space, Draws& draws);

}  // namespace assay::samplers
