// A checkpoint as an HDF5 file; docs/formats/checkpoint.md has the layout. It holds nothing that depends on
// time, machine or attempt: the same run done twice gives the same bytes.
#pragma once

#include <string>

#include "registry/contracts/recorder.h"
#include "registry/contracts/state.h"

namespace assay::store {

/// The file's bytes. `identity` is the run's id without a suffix. Each entry of the state becomes one
/// dataset: the parts of its name before the last '/' are groups, dots are kept. Throws Kind::store if two
/// entries have one name.
std::string checkpoint_bytes(const std::string& identity, const CheckpointInfo& info, const State& state);

/// "step-0000000450.h5"; "step-0000000450.2.h5" for a second one, of other content, at the same step.
std::string checkpoint_name(std::int64_t step, int number = 1);

}  // namespace assay::store
