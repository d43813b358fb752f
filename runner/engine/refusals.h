// What cannot be trained, said before anything is built. What is known without LibTorch `check` has said
// already (runner/prepare/checks.h); a run that was checked by nobody, or on another machine, hears it here.
#pragma once

#include <c10/core/Device.h>

#include "registry/contracts/engine.h"
#include "registry/contracts/tensor/optimizer.h"
#include "runner/engine/pace.h"

namespace assay::engine {

/// Throws Kind::data where there is no row to train on, Kind::config for settings that cannot be followed.
void refuse_the_impossible(const TrainJob& job, const Pace& pace, at::Device device);

/// Throws Kind::config for what cannot be done to the gradients of an optimizer that asks for them by itself.
void refuse_beside_closures(const Experiment& experiment, const Optimizer& optimizer);

/// What several processes cannot train together; docs/distributed.md names it.
void refuse_to_share(const Experiment& experiment, at::Device device);

}  // namespace assay::engine
