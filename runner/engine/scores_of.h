// A model with weights from elsewhere, run on given inputs: what a conversion is proved by.
#pragma once

#include <ATen/core/Tensor.h>

#include "registry/contracts/inference.h"
#include "registry/contracts/recorder.h"
#include "registry/contracts/tensor/model.h"

namespace assay::engine {

/// As Engine::scores says.
Array scores_of(const ScoresJob& job);

/// Runs the model, which has its first weights, on the probe's inputs and notes the largest difference from
/// its output as `init_from_probe`. Throws Kind::data if that has another shape.
void note_probe(const FirstWeights::Probe& probe, Model& model, at::Device device, Recorder& recorder);

}  // namespace assay::engine
