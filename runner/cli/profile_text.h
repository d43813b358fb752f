// Where the time went, as `assay run --profile` prints it.
#pragma once

#include <string>

#include "registry/contracts/engine.h"
#include "runner/cli/output.h"

namespace assay::cli {

/// What the engine was doing, then the operations that took longest: times a step, with their share of it.
std::string profile_text(const Profile& profile, const Output& out);

}  // namespace assay::cli
