// `threads: auto` and `train.memory_format: auto`: measured when a run is created, taken from its record
// afterwards.
#pragma once

#include <string>

#include "registry/contracts/engine.h"
#include "runner/store/record.h"

namespace assay::cli {

/// Whether something is left to be measured.
bool leaves_speed_open(const Experiment& experiment);

/// What a record was made with, into an experiment that asks for `auto`. What the record does not say stays
/// open.
void take_recorded_speed(const store::Record& record, Experiment& experiment);

/// `1 thread`, `auto`.
std::string threads_text(const Threads& threads);
/// `1 thread (auto: 1 takes 0.62 ms a step, 2 take 0.71 ms; measured in 1.6 s)`, and the layout of images
/// where that was measured too.
std::string speed_text(const SpeedChoice& choice);
/// The same for the record.
Json to_json(const SpeedChoice& choice);

}  // namespace assay::cli
