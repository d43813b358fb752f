// What a trained model sees and gives, from its checkpoint alone: the data need not be there. For those who
// want the model and not its data, as exporters.
#pragma once

#include "registry/contracts/experiment.h"
#include "registry/contracts/prepared.h"
#include "registry/contracts/state.h"
#include "registry/implementations.h"

namespace assay {

/// Facts, transforms as they were fitted, the shapes of tensors and layers; no data set and no rows. Throws
/// Kind::store where the checkpoint lacks what is needed, Kind::config where its model is not the
/// experiment's.
Prepared prepare_trained_model(const Experiment& experiment, const Implementations& parts,
                               const State& checkpoint);

}  // namespace assay
