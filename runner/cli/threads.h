// `threads: auto`: measured when a run is created, taken from its record afterwards.
#pragma once

#include <string>

#include "registry/contracts/engine.h"
#include "runner/store/record.h"

namespace assay::cli {

/// The threads that a record was made with, into an experiment that asks for `auto`. False if it does not
/// ask, or the record does not say.
bool take_recorded_threads(const store::Record& record, Experiment& experiment);

/// `1 thread`, `auto`.
std::string threads_text(const Threads& threads);
/// `1 thread (auto: 1 takes 0.62 ms a step, 2 take 0.71 ms; measured in 1.6 s)`.
std::string threads_text(const ThreadChoice& choice);
/// The same for the record.
Json to_json(const ThreadChoice& choice);

}  // namespace assay::cli
