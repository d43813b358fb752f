// What a step is fastest with: what `threads: auto` and `train.memory_format: auto` are decided by.
#pragma once

#include "registry/contracts/engine.h"

namespace assay::engine {

/// Trains the experiment for a fraction of a second with each number of threads that may pay (1, 2, 4, ... up
/// to the cores that this process may use) and with each layout of images, whichever are left to `auto`, in
/// children that come and go in turn: a pool of threads cannot be made smaller again, and what one
/// measurement leaves behind is not in the next. Nothing is recorded, no number changes. Must be called
/// before the process has run a tensor operation. On a CUDA device one thread feeds the device, and nothing
/// is measured. Throws Kind::run if the model cannot be trained at all.
SpeedChoice measure_speed(const Experiment& experiment, const Prepared& prepared,
                          const Implementations& parts);

}  // namespace assay::engine
