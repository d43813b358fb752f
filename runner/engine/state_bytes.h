// A state as bytes, from one process to another of the same machine type. Not a file format.
#pragma once

#include <string>

#include "registry/contracts/state.h"

namespace assay::engine {

std::string to_bytes(const State& state);
/// Its arrays are copies.
State state_of(const std::string& bytes);

}  // namespace assay::engine
